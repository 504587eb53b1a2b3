/* SPDX-License-Identifier: Apache-2.0 */
/*
 * YamlStream: a file of YAML documents as small trees that remember their lines.
 *
 * Plain scalars get the type that YAML 1.2's core schema gives them, so that 4688 and '4688' can be
 * told apart; yes, on and 12:30 are text. Every node knows its line, because whoever rejects a rule
 * says where. libyaml does the scanning; what it leaves open is settled here: keys are scalars and
 * unique, depth and size are limited (LIMIT_RULE_YAML_*), and an alias shares the node it names but
 * counts as often as it is used, so that aliases of aliases can not grow beyond the limit. A file
 * is not read any further than to where one of its documents reaches a limit.
 */
#pragma once

#include <glib.h>

#include "base/slice.h"

typedef enum YamlKind {
	YAML_KIND_NULL,
	YAML_KIND_BOOL,
	YAML_KIND_INT,
	YAML_KIND_FLOAT,
	YAML_KIND_TEXT,
	YAML_KIND_LIST,
	YAML_KIND_MAP,
} YamlKind;

typedef struct YamlNode YamlNode;

struct YamlNode {
	YamlKind kind;
	guint line; /* from 1 */
	Slice text; /* scalars: the content; also NUL-terminated (text may hold further NULs) */
	gboolean boolean;    /* BOOL */
	gint64 integer;	     /* INT */
	double real;	     /* INT and FLOAT */
	guint n_children;    /* LIST: items; MAP: pairs */
	YamlNode **children; /* LIST: items; MAP: key, value, key, value … */
	guint n_expanded;    /* nodes below and including this one, aliases followed */
	guint height;	     /* 0 for scalars and empty collections */
};

typedef struct YamlDocument {
	YamlNode *root; /* NULL where there is a problem */
	char *problem;	/* why it can not be read, or NULL */
	guint line;	/* where it starts; with a problem, where that is */
	Slice bytes;	/* its part of the file */
} YamlDocument;

typedef struct YamlStream {
	GArray *documents; /* of YamlDocument, empty documents left out */
	GPtrArray *blocks; /* owns the nodes and their texts */
	guint8 *block;	   /* the block being filled, and how much of it is left */
	gsize block_left;
} YamlStream;

/* Reads all documents of @text, which outlives the stream. Never fails: see YamlDocument.problem.
 */
YamlStream *yaml_stream_new(Slice text);
void yaml_stream_free(YamlStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(YamlStream, yaml_stream_free)

/* The value of @key in a MAP, or NULL where there is none or @node is no MAP. @node may be NULL. */
const YamlNode *yaml_node_get(const YamlNode *node, const char *key);

gboolean yaml_node_is_scalar(const YamlNode *node);

/* "a map", "text": for messages. */
const char *yaml_kind_name(YamlKind kind);
