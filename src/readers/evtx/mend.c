/* SPDX-License-Identifier: Apache-2.0 */
#include "readers/evtx/mend.h"

#include "readers/evtx/binxml.h"

/* The values of System, in the numbering that all versions of Windows share. */
typedef struct Role {
	guint16 index;
	guint8 type;
	const char *element, *attribute; /* NULL: the element's content */
} Role;

static const Role roles[] = {
	{ 0, TYPE_UINT8, "Level", NULL },
	{ 1, TYPE_UINT8, "Opcode", NULL },
	{ 2, TYPE_UINT16, "Task", NULL },
	{ 3, TYPE_UINT16, "EventID", NULL },
	{ 4, TYPE_UINT16, "EventID", "Qualifiers" },
	{ 5, TYPE_HEX64, "Keywords", NULL },
	{ 6, TYPE_FILETIME, "TimeCreated", "SystemTime" },
	{ 7, TYPE_GUID, "Correlation", "ActivityID" },
	{ 8, TYPE_UINT32, "Execution", "ProcessID" },
	{ 9, TYPE_UINT32, "Execution", "ThreadID" },
	{ 10, TYPE_UINT64, "EventRecordID", NULL },
	{ 11, TYPE_UINT8, "Version", NULL },
	{ 12, TYPE_SID, "Security", "UserID" },
	{ 13, TYPE_GUID, "Correlation", "RelatedActivityID" },
	{ 14, TYPE_STRING, "Provider", "Name" },
	{ 15, TYPE_GUID, "Provider", "Guid" },
	{ 16, TYPE_STRING, "Channel", NULL },
	{ 18, TYPE_GUID, "Correlation", "RelatedActivityID" },
};

typedef struct Mending {
	GByteArray *out;
	const Program *program;
	guint at; /* node */
	guint n_children, n_literals;
	bool has_event_id, has_time;
} Mending;

static void append_byte(GByteArray *ret, guint byte)
{
	guint8 one = (guint8)byte;

	g_byte_array_append(ret, &one, 1);
}

static void append_name(GByteArray *ret, guint8 token, const char *name)
{
	append_byte(ret, token);
	append_byte(ret, (guint)strlen(name));
	append_byte(ret, 0);
	for (; *name; name++) {
		append_byte(ret, (guint8)*name);
		append_byte(ret, 0);
	}
}

static void append_content(GByteArray *ret, const Node *node)
{
	if (node->token == TOKEN_TEXT) {
		append_byte(ret, TOKEN_TEXT);
		append_byte(ret, (guint)(node->bytes.size / 2) & 0xFF);
		append_byte(ret, (guint)(node->bytes.size / 2) >> 8);
		g_byte_array_append(ret, node->bytes.data, (guint)node->bytes.size);
		return;
	}
	append_byte(ret, node->optional ? TOKEN_OPTIONAL_SUBSTITUTION : TOKEN_SUBSTITUTION);
	append_byte(ret, node->index & 0xFF);
	append_byte(ret, node->index >> 8);
	append_byte(ret, node->type);
}

void mend_append_unnamed(GByteArray *ret, guint n_values)
{
	append_name(ret, TOKEN_OPEN_ELEMENT, "EventData");
	append_byte(ret, TOKEN_CLOSE_START);
	for (guint i = 0; i < n_values; i++) {
		Node value = { .token = TOKEN_SUBSTITUTION,
			.optional = true,
			.index = (guint16)i,
			.type = TYPE_STRING };

		append_name(ret, TOKEN_OPEN_ELEMENT, "Data");
		append_byte(ret, TOKEN_CLOSE_START);
		append_content(ret, &value);
		append_byte(ret, TOKEN_END_ELEMENT);
	}
	append_byte(ret, TOKEN_END_ELEMENT);
}

/* TRUE where it is <?> with nothing but <? ?="text">value</?> in it. */
static gboolean is_event_data(const Program *program)
{
	static const guint8 pattern[] = { TOKEN_OPEN_ELEMENT, TOKEN_ATTRIBUTE, TOKEN_TEXT,
		TOKEN_CLOSE_START, TOKEN_SUBSTITUTION, TOKEN_END_ELEMENT };
	const guint period = G_N_ELEMENTS(pattern);

	/* The root's two tokens come before, its end behind. */
	if (program->n_nodes < 3 + period || (program->n_nodes - 3) % period != 0 ||
		program->nodes[1].token != TOKEN_CLOSE_START)
		return FALSE;
	for (guint i = 2; i + 1 < program->n_nodes; i++) {
		if (program->nodes[i].token != pattern[(i - 2) % period])
			return FALSE;
	}
	return TRUE;
}

static void append_event_data(GByteArray *ret, const Program *program)
{
	append_name(ret, TOKEN_OPEN_ELEMENT, "EventData");
	for (guint i = 1; i < program->n_nodes; i++) {
		const Node *node = &program->nodes[i];

		if (node->token == TOKEN_OPEN_ELEMENT)
			append_name(ret, TOKEN_OPEN_ELEMENT, "Data");
		else if (node->token == TOKEN_ATTRIBUTE)
			append_name(ret, TOKEN_ATTRIBUTE, "Name");
		else if (node->token == TOKEN_CLOSE_START || node->token == TOKEN_END_ELEMENT)
			append_byte(ret, node->token);
		else
			append_content(ret, node);
	}
}

/* The next node, if it is of the kind that is wanted; else NULL. */
static const Node *take(Mending *m, guint8 token)
{
	if (m->at >= m->program->n_nodes || m->program->nodes[m->at].token != token)
		return NULL;
	return &m->program->nodes[m->at++];
}

static const Role *find_role(const Node *node)
{
	for (guint i = 0; i < G_N_ELEMENTS(roles); i++) {
		if (roles[i].index == node->index && roles[i].type == node->type)
			return &roles[i];
	}
	return NULL;
}

/* What the element at the walk's place is called; NULL where that can not be told. */
static const char *element_name(Mending *m)
{
	for (guint i = m->at; i < m->program->n_nodes; i++) {
		const Node *node = &m->program->nodes[i];

		if (node->token == TOKEN_END_ELEMENT)
			break;
		if (node->token == TOKEN_SUBSTITUTION) {
			const Role *role = find_role(node);

			return role ? role->element : NULL;
		}
	}
	/* All of it is text: the provider comes first, then the log and the host. */
	if (m->n_children == 0)
		return "Provider";
	return m->n_literals == 0 ? "Channel" : m->n_literals == 1 ? "Computer" : NULL;
}

static const char *literal_attribute(const char *element, guint n_before, const Node *text)
{
	if (strcmp(element, "Provider") != 0)
		return NULL;
	if (n_before == 0)
		return "Name";
	return text->bytes.size >= 2 && text->bytes.data[0] == '{' ? "Guid" : "EventSourceName";
}

static bool mend_attributes(Mending *m, const char *element)
{
	for (guint n = 0; take(m, TOKEN_ATTRIBUTE); n++) {
		const Node *value = take(m, TOKEN_TEXT);
		const char *name;

		if (value) {
			name = literal_attribute(element, n, value);
		} else {
			value = take(m, TOKEN_SUBSTITUTION);

			const Role *role = value ? find_role(value) : NULL;

			name = role && strcmp(role->element, element) == 0 ? role->attribute : NULL;
		}
		if (!name)
			return false;
		m->has_time = m->has_time || strcmp(name, "SystemTime") == 0;
		append_name(m->out, TOKEN_ATTRIBUTE, name);
		append_content(m->out, value);
	}
	return true;
}

static bool mend_child(Mending *m)
{
	const char *element = element_name(m);
	const Node *value;

	if (!element)
		return false;
	append_name(m->out, TOKEN_OPEN_ELEMENT, element);
	if (!mend_attributes(m, element))
		return false;
	m->n_children++;
	if (take(m, TOKEN_CLOSE_START)) {
		append_byte(m->out, TOKEN_CLOSE_START);
		if ((value = take(m, TOKEN_SUBSTITUTION))) {
			const Role *role = find_role(value);

			if (!role || role->attribute || strcmp(role->element, element) != 0)
				return false;
			append_content(m->out, value);
		} else if ((value = take(m, TOKEN_TEXT))) {
			append_content(m->out, value);
		}
	}
	if (strcmp(element, "Channel") == 0 || strcmp(element, "Computer") == 0)
		m->n_literals++;
	m->has_event_id = m->has_event_id || strcmp(element, "EventID") == 0;
	append_byte(m->out, TOKEN_END_ELEMENT);
	return take(m, TOKEN_END_ELEMENT) != NULL;
}

/* What follows System: one value for the event's own data, bare or in an element. */
static bool mend_data(Mending *m)
{
	bool inside = take(m, TOKEN_OPEN_ELEMENT) != NULL;
	const Node *value;

	if (inside && !take(m, TOKEN_CLOSE_START))
		return false;
	if (inside) {
		append_name(m->out, TOKEN_OPEN_ELEMENT, "UserData");
		append_byte(m->out, TOKEN_CLOSE_START);
	}
	value = take(m, TOKEN_SUBSTITUTION);
	if (value && value->type != TYPE_BINXML)
		return false;
	if (value)
		append_content(m->out, value);
	if (inside)
		append_byte(m->out, TOKEN_END_ELEMENT);
	return !inside || take(m, TOKEN_END_ELEMENT);
}

static bool mend_event(Mending *m)
{
	if (!take(m, TOKEN_OPEN_ELEMENT))
		return false;
	if (take(m, TOKEN_ATTRIBUTE) && !take(m, TOKEN_TEXT))
		return false; /* the namespace is not needed */
	if (!take(m, TOKEN_CLOSE_START) || !take(m, TOKEN_OPEN_ELEMENT) ||
		!take(m, TOKEN_CLOSE_START))
		return false;
	append_name(m->out, TOKEN_OPEN_ELEMENT, "Event");
	append_byte(m->out, TOKEN_CLOSE_START);
	append_name(m->out, TOKEN_OPEN_ELEMENT, "System");
	append_byte(m->out, TOKEN_CLOSE_START);
	while (take(m, TOKEN_OPEN_ELEMENT)) {
		if (!mend_child(m))
			return false;
	}
	append_byte(m->out, TOKEN_END_ELEMENT);
	if (!take(m, TOKEN_END_ELEMENT) || !mend_data(m) || !take(m, TOKEN_END_ELEMENT))
		return false;
	append_byte(m->out, TOKEN_END_ELEMENT);
	return m->at == m->program->n_nodes && m->has_event_id && m->has_time && m->n_literals == 2;
}

gboolean mend_append(GByteArray *ret, const Program *damaged)
{
	Mending m = { .out = ret, .program = damaged };
	guint before = ret->len;

	if (is_event_data(damaged)) {
		append_event_data(ret, damaged);
		return TRUE;
	}
	if (mend_event(&m))
		return TRUE;
	g_byte_array_set_size(ret, before);
	return FALSE;
}
