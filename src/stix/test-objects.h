/* SPDX-License-Identifier: Apache-2.0 */
/* STIX objects of a test, read from JSON, as what a pattern is judged on. */
#pragma once

#include "stix/judge.h"

typedef enum TestJsonKind {
	TEST_NULL,
	TEST_BOOLEAN,
	TEST_INTEGER,
	TEST_FLOAT,
	TEST_STRING,
	TEST_BYTES,
	TEST_LIST,
	TEST_OBJECT,
} TestJsonKind;

typedef struct TestJson {
	TestJsonKind kind;
	gint64 integer;
	double number;
	char *text; /* of a string; BYTES: size is of it */
	gsize size;
	GPtrArray *keys;  /* char *, of an object */
	GPtrArray *items; /* TestJson * */
} TestJson;

/* The value at *@at, which is moved behind it; ends the test where there is none. */
TestJson *test_json_read(const char **at);
void test_json_free(TestJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TestJson, test_json_free)

/* The member called @key, or NULL. */
TestJson *test_json_get(const TestJson *object, const char *key);
/* Its text, or NULL where it is no string. */
const char *test_json_text(const TestJson *object, const char *key);

/* One observation: the objects of it, and how references name them. */
typedef struct TestObservation {
	const StixPattern *pattern;
	GPtrArray *objects; /* TestJson *, borrowed */
	GPtrArray *names;   /* const char * */
} TestObservation;

StixProvider test_observation_provider(TestObservation *observation);
