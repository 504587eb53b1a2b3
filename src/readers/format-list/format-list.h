/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader for what PowerShell's Format-List prints: `Get-OabVirtualDirectory | fl > oab.txt`.
 *
 *	Name                            : OAB (Default Web Site)
 *	InternalAuthenticationMethods   : {WindowsIntegrated}
 *	DistinguishedName               : CN=OAB (Default Web Site),CN=HTTP,CN=Protocols,CN=EX01,
 *	                                  CN=Servers,CN=Exchange Administrative Group
 *	ExternalUrl                     :
 *
 * An object is an event, a property a column. A property's colon stands in the same column in all
 *lines of its object; what begins behind that column goes on with the value before. Objects are
 *parted by blank lines.
 *
 * A value that is wider than the console is broken between words, where the blank is lost, or
 *within a word that is wider than a line, where nothing is. Both are undone: a word was broken
 *where the line is the longest of its value, and where the pieces would not fit a line in one.
 */
#pragma once

#include "readers/reader.h"

extern const Reader format_list_reader;
