/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an event to the nodes of its record, in the shape that Windows gives it.
 *
 * The System template has its values in the order of SystemValue and holds the computer's name as
 * plain text, so each computer has a template of its own: readers must not take that for granted.
 */
#include "evtx-internal.h"

#define EVENT_NAMESPACE "http://schemas.microsoft.com/win/2004/08/events/event"

typedef enum SystemValue {
	SYSTEM_LEVEL,
	SYSTEM_OPCODE,
	SYSTEM_TASK,
	SYSTEM_EVENT_ID,
	SYSTEM_QUALIFIERS,
	SYSTEM_KEYWORDS,
	SYSTEM_TIME,
	SYSTEM_ACTIVITY,
	SYSTEM_PROCESS_ID,
	SYSTEM_THREAD_ID,
	SYSTEM_RECORD_ID,
	SYSTEM_VERSION,
	SYSTEM_USER,
	SYSTEM_RELATED_ACTIVITY,
	SYSTEM_PROVIDER,
	SYSTEM_PROVIDER_GUID,
	SYSTEM_CHANNEL,
	SYSTEM_DATA,
	SYSTEM_SOURCE_NAME, /* only where the event has one */
} SystemValue;

typedef struct DataItem {
	char *name;
	EvtxValue *value;
	gboolean optional, element;
} DataItem;

struct EvtxData {
	EvtxDataKind kind;
	char *root, *xmlns;
	GPtrArray *items;
};

typedef struct Builder {
	gboolean constant; /* values as text in place, no slots */
	GPtrArray *values;
} Builder;

static void item_free(gpointer p)
{
	DataItem *item = p;

	g_free(item->name);
	evtx_value_free(item->value);
	g_free(item);
}

EvtxData *evtx_data_new(EvtxDataKind kind, const char *root, const char *xmlns)
{
	EvtxData *data = g_new0(EvtxData, 1);

	g_assert((kind == EVTX_USER_DATA) == (root != NULL));
	data->kind = kind;
	data->root = g_strdup(root);
	data->xmlns = g_strdup(xmlns);
	data->items = g_ptr_array_new_with_free_func(item_free);
	return data;
}

void evtx_data_free(EvtxData *data)
{
	if (!data)
		return;
	g_free(data->root);
	g_free(data->xmlns);
	g_ptr_array_unref(data->items);
	g_free(data);
}

static DataItem *add_item(EvtxData *data, const char *name, EvtxValue *value)
{
	DataItem *item = g_new0(DataItem, 1);

	item->name = g_strdup(name);
	item->value = value;
	g_ptr_array_add(data->items, item);
	return item;
}

void evtx_data_add(EvtxData *data, const char *name, EvtxValue *value)
{
	(void)add_item(data, name, value); /* owned by @data */
}

void evtx_data_add_optional(EvtxData *data, const char *name, EvtxValue *value)
{
	add_item(data, name, value)->optional = TRUE;
}

void evtx_data_add_element(EvtxData *data, const char *name, EvtxValue *value)
{
	add_item(data, name, value)->element = TRUE;
}

/* ---- values in their places ---------------------------------------------------------------------
 */

/* Where value @index goes: a slot, or its text. NULL where a plain record leaves it out. */
static EvtxNode *place(const Builder *b, guint index, gboolean optional)
{
	const EvtxValue *value = b->values->pdata[index];

	if (!b->constant)
		return evtx_node_slot((guint16)index, value->declared, optional);
	if (value->node)
		g_assert_not_reached();
	return value->absent ? NULL : evtx_node_text(value->text);
}

static void attribute(const Builder *b, EvtxNode *element, const char *name, guint index)
{
	EvtxNode *content = place(b, index, TRUE);

	if (content)
		evtx_element_attribute(element, name, content);
}

/* <@name>value</@name>, left out by Windows where the value is missing: hence the dependency. */
static EvtxNode *leaf(const Builder *b, EvtxNode *parent, const char *name, guint index)
{
	EvtxNode *element = evtx_element(name);
	EvtxNode *content = place(b, index, TRUE);

	evtx_element_depends(element, (guint16)index);
	if (content)
		evtx_element_add(element, content);
	evtx_element_add(parent, element);
	return element;
}

static EvtxValue *guid_or_null(const char *guid)
{
	return guid ? evtx_guid(guid) : evtx_null(EVTX_GUID);
}

static GPtrArray *system_values(const EvtxEvent *e, guint64 record_id)
{
	GPtrArray *v = g_ptr_array_new_with_free_func((GDestroyNotify)evtx_value_free);

	g_ptr_array_add(v, evtx_uint(EVTX_UINT8, e->level));
	g_ptr_array_add(v, evtx_uint(EVTX_UINT8, e->opcode));
	g_ptr_array_add(v, evtx_uint(EVTX_UINT16, e->task));
	g_ptr_array_add(v, evtx_uint(EVTX_UINT16, e->event_id));
	g_ptr_array_add(v,
		e->qualifiers < 0 ? evtx_null(EVTX_UINT16)
				  : evtx_uint(EVTX_UINT16, (guint64)e->qualifiers));
	g_ptr_array_add(v, evtx_uint(EVTX_HEX64, e->keywords));
	g_ptr_array_add(v, evtx_filetime(e->time));
	g_ptr_array_add(v, guid_or_null(e->activity));
	g_ptr_array_add(v, evtx_uint(EVTX_UINT32, e->process_id));
	g_ptr_array_add(v, evtx_uint(EVTX_UINT32, e->thread_id));
	g_ptr_array_add(v, evtx_uint(EVTX_UINT64, record_id));
	g_ptr_array_add(v, evtx_uint(EVTX_UINT8, e->version));
	g_ptr_array_add(v, e->user_sid ? evtx_sid(e->user_sid) : evtx_null(EVTX_SID));
	g_ptr_array_add(v, guid_or_null(e->related_activity));
	g_ptr_array_add(v, evtx_text(e->provider));
	g_ptr_array_add(v, guid_or_null(e->provider_guid));
	g_ptr_array_add(v, evtx_text(e->channel));
	g_ptr_array_add(v, evtx_null(EVTX_BINXML));
	if (e->source_name)
		g_ptr_array_add(v, evtx_text(e->source_name));
	return v;
}

static EvtxNode *system_node(const Builder *b, const EvtxEvent *e)
{
	EvtxNode *system = evtx_element("System");
	EvtxNode *provider = evtx_element("Provider");
	EvtxNode *time = evtx_element("TimeCreated");
	EvtxNode *correlation = evtx_element("Correlation");
	EvtxNode *execution = evtx_element("Execution");
	EvtxNode *computer = evtx_element("Computer");
	EvtxNode *security = evtx_element("Security");

	attribute(b, provider, "Name", SYSTEM_PROVIDER);
	attribute(b, provider, "Guid", SYSTEM_PROVIDER_GUID);
	if (e->source_name)
		attribute(b, provider, "EventSourceName", SYSTEM_SOURCE_NAME);
	evtx_element_add(system, provider);
	attribute(b, leaf(b, system, "EventID", SYSTEM_EVENT_ID), "Qualifiers", SYSTEM_QUALIFIERS);
	leaf(b, system, "Version", SYSTEM_VERSION);
	leaf(b, system, "Level", SYSTEM_LEVEL);
	leaf(b, system, "Task", SYSTEM_TASK);
	leaf(b, system, "Opcode", SYSTEM_OPCODE);
	leaf(b, system, "Keywords", SYSTEM_KEYWORDS);
	attribute(b, time, "SystemTime", SYSTEM_TIME);
	evtx_element_add(system, time);
	leaf(b, system, "EventRecordID", SYSTEM_RECORD_ID);
	attribute(b, correlation, "ActivityID", SYSTEM_ACTIVITY);
	attribute(b, correlation, "RelatedActivityID", SYSTEM_RELATED_ACTIVITY);
	evtx_element_add(system, correlation);
	attribute(b, execution, "ProcessID", SYSTEM_PROCESS_ID);
	attribute(b, execution, "ThreadID", SYSTEM_THREAD_ID);
	evtx_element_add(system, execution);
	leaf(b, system, "Channel", SYSTEM_CHANNEL);
	evtx_element_add(system, evtx_element_add(computer, evtx_node_text(e->computer)));
	attribute(b, security, "UserID", SYSTEM_USER);
	evtx_element_add(system, security);
	return system;
}

/* ---- data ---------------------------------------------------------------------------------------
 */

static EvtxNode *item_node(const Builder *b, EvtxDataKind kind, const DataItem *item, guint index)
{
	gboolean is_data = kind == EVTX_EVENT_DATA && !item->element;
	EvtxNode *element = evtx_element(is_data ? "Data" : item->name);
	const EvtxValue *value = b->values->pdata[index];
	/* libevtx can not read a missing value in a slot that is not optional. */
	EvtxNode *content = place(b, index, item->optional || value->absent);

	if (is_data && item->name)
		evtx_element_attribute(element, "Name", evtx_node_text(item->name));
	if (content)
		evtx_element_add(element, content);
	return element;
}

/* Moves the values of @data to the end of @b->values. */
static EvtxNode *data_node(Builder *b, EvtxData *data)
{
	static const char *const names[] = { "EventData", "UserData", "ProcessingErrorData" };
	EvtxNode *top = evtx_element(names[data->kind]);
	EvtxNode *parent = top;

	if (data->kind == EVTX_USER_DATA) {
		parent = evtx_element(data->root);
		if (data->xmlns)
			evtx_element_attribute(parent, "xmlns", evtx_node_text(data->xmlns));
		evtx_element_add(top, parent);
	}
	for (guint i = 0; i < data->items->len; i++) {
		DataItem *item = data->items->pdata[i];

		g_ptr_array_add(b->values, g_steal_pointer(&item->value));
		evtx_element_add(parent, item_node(b, data->kind, item, b->values->len - 1));
	}
	evtx_data_free(data);
	return top;
}

static EvtxNode *instance_of(EvtxNode *root, GPtrArray *values)
{
	g_autoptr(EvtxTemplate) template = evtx_template_new(root);

	return evtx_node_instance(template, values);
}

/* The data as the System template's value of type BINXML, in a template of its own or in none. */
static EvtxValue *embedded_data(EvtxData *data, gboolean constant)
{
	Builder b = { constant, g_ptr_array_new_with_free_func((GDestroyNotify)evtx_value_free) };
	EvtxNode *node = data_node(&b, data);

	if (!constant)
		return evtx_embedded(instance_of(node, b.values));
	g_ptr_array_unref(b.values);
	return evtx_embedded(node);
}

EvtxNode *evtx_event_node(const EvtxEvent *e, guint64 record_id, EvtxData *data, EvtxStyle style)
{
	Builder b = { style == EVTX_STYLE_PLAIN, system_values(e, record_id) };
	gboolean embeds = data && (style == EVTX_STYLE_NESTED || style == EVTX_STYLE_FRAGMENT);
	EvtxNode *event = evtx_element("Event");

	evtx_element_attribute(event, "xmlns", evtx_node_text(EVENT_NAMESPACE));
	evtx_element_add(event, system_node(&b, e));
	if (embeds) {
		evtx_value_free(b.values->pdata[SYSTEM_DATA]);
		b.values->pdata[SYSTEM_DATA] = embedded_data(data, style == EVTX_STYLE_FRAGMENT);
		evtx_element_depends(event, SYSTEM_DATA);
		evtx_element_add(event, evtx_node_slot(SYSTEM_DATA, EVTX_BINXML, TRUE));
	} else if (data) {
		evtx_element_add(event, data_node(&b, data));
	}

	if (style != EVTX_STYLE_PLAIN)
		return instance_of(event, b.values);
	g_ptr_array_unref(b.values);
	return event;
}
