/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/openioc/tree.h"

#include <expat.h>
#include <string.h>

#include "base/cursor.h"
#include "base/hash.h"
#include "base/limits.h"

/* Which text is being read. */
typedef enum Place {
	PLACE_OTHER,
	PLACE_TITLE,
	PLACE_DESCRIPTION,
	PLACE_AUTHOR,
	PLACE_DATE,
	PLACE_LINK,
	PLACE_CONTENT,
	PLACE_PARAMETER,
} Place;

typedef struct Reader {
	XML_Parser parser;
	IocFunc each;
	void *context;
	Ioc *ioc; /* while in one */
	guint depth;
	guint open[LIMIT_OPENIOC_DEPTH]; /* nodes that are open */
	guint n_open;
	Place place;
	GString *text;	    /* of the element that is being read */
	const char *reason; /* why reading was stopped */
} Reader;

static void ioc_free(Ioc *ioc)
{
	if (!ioc)
		return;
	g_string_free(ioc->id, TRUE);
	g_string_free(ioc->title, TRUE);
	g_string_free(ioc->description, TRUE);
	g_string_free(ioc->author, TRUE);
	g_string_free(ioc->links, TRUE);
	g_string_free(ioc->date, TRUE);
	g_array_unref(ioc->nodes);
	g_array_unref(ioc->parameters);
	g_string_chunk_free(ioc->texts);
	g_free(ioc);
}

static void stop(Reader *r, const char *reason)
{
	if (!r->reason)
		r->reason = reason;
	(void)XML_StopParser(r->parser, XML_FALSE); /* fails only where it is stopped already */
}

static guint line_now(Reader *r)
{
	return (guint)XML_GetCurrentLineNumber(r->parser);
}

/* The name of an element or attribute without the prefix of its name space. */
static const char *local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon ? colon + 1 : name;
}

static const char *attribute(const char **attributes, const char *name)
{
	for (; attributes[0]; attributes += 2)
		if (g_str_equal(local_name(attributes[0]), name))
			return attributes[1];
	return "";
}

static const char *keep(Reader *r, const char *text)
{
	return g_string_chunk_insert(r->ioc->texts, text);
}

static guint add_node(Reader *r, IocNode node)
{
	GArray *nodes = r->ioc->nodes;
	guint i = nodes->len;
	IocNode *parent;

	node.first = node.last = node.next = IOC_NONE;
	node.line = line_now(r);
	g_array_append_val(nodes, node);
	if (!r->n_open)
		return i;
	parent = &g_array_index(nodes, IocNode, r->open[r->n_open - 1]);
	if (parent->last == IOC_NONE)
		parent->first = i;
	else
		g_array_index(nodes, IocNode, parent->last).next = i;
	parent->last = i;
	return i;
}

static void begin_ioc(Reader *r, const char **attributes)
{
	Ioc *ioc = g_new0(Ioc, 1);
	const char *date = attribute(attributes, "published-date");

	ioc_free(r->ioc); /* one in another: the inner one counts */
	r->ioc = ioc;
	ioc->nodes = g_array_new(FALSE, FALSE, sizeof(IocNode));
	ioc->parameters = g_array_new(FALSE, FALSE, sizeof(IocParameter));
	ioc->texts = g_string_chunk_new(4096);
	ioc->id = g_string_new(attribute(attributes, "id"));
	ioc->title = g_string_new(NULL);
	ioc->description = g_string_new(NULL);
	ioc->author = g_string_new(NULL);
	ioc->links = g_string_new(NULL);
	ioc->date = g_string_new(*date && !g_str_has_prefix(date, "0001")
			? date
			: attribute(attributes, "last-modified"));
	ioc->line = line_now(r);
	r->n_open = 0;
	r->open[0] = add_node(r, (IocNode){ .content = "", .term = "", .id = "" });
	r->n_open = 1;
}

static void begin_node(Reader *r, const char **attributes, gboolean is_item)
{
	const char *condition = attribute(attributes, "condition");
	IocNode node = { .is_item = is_item, .content = "", .term = "" };
	gsize length = strlen(condition);

	if (r->ioc->nodes->len >= LIMIT_OPENIOC_NODES || r->n_open >= LIMIT_OPENIOC_DEPTH) {
		stop(r,
			"has more indicators than LIMIT_OPENIOC_NODES or LIMIT_OPENIOC_DEPTH "
			"allow");
		return;
	}
	node.is_and = g_ascii_strcasecmp(attribute(attributes, "operator"), "AND") == 0;
	node.keeps_case = g_str_equal(attribute(attributes, "preserve-case"), "true");
	node.is_negated = g_str_equal(attribute(attributes, "negate"), "true");
	node.id = keep(r, attribute(attributes, "id"));
	if (length > 3 && g_str_has_suffix(condition, "not")) {
		node.is_negated = !node.is_negated;
		node.condition =
			g_string_chunk_insert_len(r->ioc->texts, condition, (gssize)length - 3);
	} else {
		node.condition = keep(r, condition);
	}
	r->open[r->n_open] = add_node(r, node);
	r->n_open++;
}

/* The item that is open, or NULL. */
static IocNode *open_item(Reader *r)
{
	IocNode *node = &g_array_index(r->ioc->nodes, IocNode, r->open[r->n_open - 1]);

	return node->is_item ? node : NULL;
}

static void begin_parameter(Reader *r, const char **attributes)
{
	IocParameter parameter = { keep(r, attribute(attributes, "ref-id")),
		keep(r, attribute(attributes, "name")), "" };

	if (r->ioc->parameters->len >= LIMIT_OPENIOC_NODES)
		stop(r, "has more parameters than LIMIT_OPENIOC_NODES allows");
	else
		g_array_append_val(r->ioc->parameters, parameter);
}

static Place place_of(Reader *r, const char *name)
{
	static const struct {
		const char *name;
		Place place;
	} places[] = {
		{ "short_description", PLACE_TITLE },
		{ "description", PLACE_DESCRIPTION },
		{ "authored_by", PLACE_AUTHOR },
		{ "authored_date", PLACE_DATE },
		{ "link", PLACE_LINK },
	};

	if (g_str_equal(name, "Content"))
		return open_item(r) ? PLACE_CONTENT : PLACE_OTHER;
	if (g_str_equal(name, "value"))
		return r->ioc->parameters->len ? PLACE_PARAMETER : PLACE_OTHER;
	for (guint i = 0; i < G_N_ELEMENTS(places) && r->n_open == 1; i++)
		if (g_str_equal(name, places[i].name))
			return places[i].place;
	return PLACE_OTHER;
}

static void start_element(void *context, const char *full_name, const char **attributes)
{
	Reader *r = context;
	const char *name = local_name(full_name);
	IocNode *item;

	if (++r->depth > LIMIT_OPENIOC_DEPTH) {
		stop(r, "has elements nested deeper than LIMIT_OPENIOC_DEPTH allows");
		return;
	}
	r->place = PLACE_OTHER;
	g_string_truncate(r->text, 0);
	if (g_str_equal(name, "ioc") || g_str_equal(name, "OpenIOC")) {
		begin_ioc(r, attributes);
		return;
	}
	if (!r->ioc)
		return;
	item = open_item(r);
	if (g_str_equal(name, "Indicator") && !item)
		begin_node(r, attributes, FALSE);
	else if (g_str_equal(name, "IndicatorItem") && !item)
		begin_node(r, attributes, TRUE);
	else if (g_str_equal(name, "Context") && item)
		item->term = keep(r, attribute(attributes, "search"));
	else if (g_str_equal(name, "param"))
		begin_parameter(r, attributes);
	else
		r->place = place_of(r, name);
	if (r->place == PLACE_LINK && *attribute(attributes, "href"))
		g_string_append_printf(r->ioc->links, "%s\n", attribute(attributes, "href"));
}

/* The text of an element without blanks at its ends. */
static void take_text(Reader *r)
{
	const char *text = g_strstrip(r->text->str);
	Ioc *ioc = r->ioc;

	switch (r->place) {
	case PLACE_TITLE:
		g_string_assign(ioc->title, text);
		break;
	case PLACE_DESCRIPTION:
		g_string_assign(ioc->description, text);
		break;
	case PLACE_AUTHOR:
		g_string_assign(ioc->author, text);
		break;
	case PLACE_DATE:
		g_string_assign(ioc->date, text);
		break;
	case PLACE_LINK:
		g_string_append_printf(ioc->links, "%s\n", text);
		break;
	case PLACE_CONTENT:
		open_item(r)->content = keep(r, text);
		break;
	case PLACE_PARAMETER:
		g_array_index(ioc->parameters, IocParameter, ioc->parameters->len - 1).value =
			keep(r, text);
		break;
	case PLACE_OTHER:
		break;
	}
}

static void end_element(void *context, const char *full_name)
{
	Reader *r = context;
	const char *name = local_name(full_name);

	r->depth--;
	if (!r->ioc)
		return;
	take_text(r);
	r->place = PLACE_OTHER;
	g_string_truncate(r->text, 0);
	if (g_str_equal(name, "ioc") || g_str_equal(name, "OpenIOC")) {
		r->each(r->context, r->ioc);
		g_clear_pointer(&r->ioc, ioc_free);
	} else if ((g_str_equal(name, "Indicator") && !open_item(r) && r->n_open > 1) ||
		(g_str_equal(name, "IndicatorItem") && open_item(r))) {
		r->n_open--;
	}
}

static void take_characters(void *context, const char *characters, int length)
{
	Reader *r = context;

	if (r->place == PLACE_OTHER)
		return;
	if (r->text->len + (gsize)length > LIMIT_OPENIOC_TEXT_BYTES)
		stop(r, "has a text longer than LIMIT_OPENIOC_TEXT_BYTES");
	else
		g_string_append_len(r->text, characters, length);
}

static void refuse_entity(void *context, const char *name, int is_parameter, const char *value,
	int length, const char *base, const char *system, const char *public, const char *notation)
{
	stop(context, "declares entities, which no indicators need");
}

/* What is no UTF-16 is UTF-8 here, whatever it declares: intel_read() has seen to it. */
static const char *encoding_of(Slice text)
{
	static const guint16 wide[] = { 0xFEFF, 0xFFFE, 0x3C00, 0x003C };
	guint16 first = 0;

	if (!slice_u16(text, 0, &first))
		return "UTF-8";
	for (guint i = 0; i < G_N_ELEMENTS(wide); i++)
		if (first == wide[i])
			return NULL; /* expat finds out which */
	return "UTF-8";
}

gboolean ioc_read(Slice text, IocFunc each, void *context, const char **ret_reason, guint *ret_line)
{
	Reader r = { .each = each, .context = context };
	gboolean is_good = FALSE;

	*ret_line = 0;
	if (text.size > LIMIT_OPENIOC_BYTES) {
		*ret_reason = "is larger than LIMIT_OPENIOC_BYTES";
		return FALSE;
	}
	r.parser = XML_ParserCreate(encoding_of(text));
	r.text = g_string_new(NULL);
	XML_SetUserData(r.parser, &r);
	XML_SetElementHandler(r.parser, start_element, end_element);
	XML_SetCharacterDataHandler(r.parser, take_characters);
	XML_SetEntityDeclHandler(r.parser, refuse_entity);
	/* Else it would ask the system for chance, which the seal does not allow. */
	(void)XML_SetHashSalt(r.parser, (unsigned long)slice_hash(slice_from_text("expat")) | 1);
	/* All at once: in pieces, a long token would be read from its beginning for each. */
	is_good = XML_Parse(r.parser, (const char *)text.data, (int)text.size, 1) == XML_STATUS_OK;
	if (!is_good) {
		*ret_reason = r.reason ? r.reason : XML_ErrorString(XML_GetErrorCode(r.parser));
		*ret_line = line_now(&r);
	}
	ioc_free(r.ioc);
	g_string_free(r.text, TRUE);
	XML_ParserFree(r.parser);
	return is_good;
}
