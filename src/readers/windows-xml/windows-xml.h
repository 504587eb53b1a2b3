/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader for Windows events as XML: what wevtutil, Event Viewer, Get-WinEvent's ToXml() and the
 * dumpers of other tools write, one event after the other, with or without a root element, on lines
 * or not, in UTF-8 or UTF-16. docs/evidence-windows-xml.md
 *
 * An event begins where "<Event …>" is followed by "<System", and ends with "</Event>" or where the
 * next one begins. Both are found in the bytes around, so big files are split anywhere: an event is
 * of the range in which it begins.
 */
#pragma once

#include "readers/reader.h"

extern const Reader windows_xml_reader;
