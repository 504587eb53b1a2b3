/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which fields of an event name an entity, and of which kind. entity-fields.c is the table.
 */
#pragma once

#include <glib.h>

typedef enum EntityKind {
	ENTITY_ACCOUNT, /* "DOMAIN\\name", or "name" where no domain is told */
	ENTITY_PROCESS, /* path of an executable that ran */
	ENTITY_FILE,
	ENTITY_HASH, /* one, or a list "MD5=…,SHA256=…" */
	ENTITY_ADDRESS,
	ENTITY_DOMAIN,
	ENTITY_HOST,
	ENTITY_N_KINDS,
} EntityKind;

const char *entity_kind_name(EntityKind kind); /* "account": as the case stores it */

typedef struct EntityField {
	const char *name; /* exact */
	EntityKind kind;
	const char *domain; /* ACCOUNT: the field that tells the domain, or NULL */
} EntityField;

/* In order of name. */
extern const EntityField entity_fields[];
extern const guint entity_fields_n;

/* The index in entity_fields of the field called @name, or -1. */
int entity_field_find(const char *name);
