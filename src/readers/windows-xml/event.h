/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One Windows event as XML, from <Event …> to </Event>, made into the columns that the reader of
 * EVTX gives for the same event (docs/evidence-evtx.md, "Fields"), in the order of the XML. Other
 * readers use it for events that come as text inside of theirs: Sysmon for Linux writes such XML
 * into syslog.
 *
 * Channel, Provider_Name and EventID are constants of the shapes, with LogFormat before them.
 */
#pragma once

#include <glib.h>

#include "model/event.h"

typedef struct XmlEvents XmlEvents; /* shapes, and the memory of the event at hand */

XmlEvents *xml_events_new(void);
void xml_events_free(XmlEvents *events); /* accepts NULL */

/* At the beginning of next(): forgets the event before, and all shapes where there are too many. */
void xml_events_start(XmlEvents *events);

typedef enum XmlEventResult {
	XML_EVENT_WHOLE,
	XML_EVENT_PARTIAL, /* the event has what could be read; *ret_trouble says what happened */
	XML_EVENT_NONE,	   /* there is nothing that makes it an event; likewise */
	XML_EVENT_CUT,	   /* as PARTIAL, because of a limit */
} XmlEventResult;

/*
 * Sets shape, values, time and record (EventRecordID) of *ret_event. @element is UTF-8, or of
 * @type; values point into it, so it must stay until the next start.
 */
XmlEventResult xml_events_read(XmlEvents *events, Slice element, ValueType type, Event *ret_event,
	const char **ret_trouble);

/* TRUE where @text begins with the start tag of an event and what must follow it. */
gboolean xml_event_starts(Slice text);
