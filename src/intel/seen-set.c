/* SPDX-License-Identifier: Apache-2.0 */
#include "intel/seen-set.h"

#include "base/hash.h"

#define FIRST_SLOTS 256 /* a power of two */

struct SeenSet {
	SeenValue *values;
	gsize n_values, n_slots;
};

SeenSet *seen_set_new(void)
{
	SeenSet *set = g_new0(SeenSet, 1);

	set->n_slots = FIRST_SLOTS;
	set->values = g_new0(SeenValue, set->n_slots);
	return set;
}

void seen_set_free(SeenSet *set)
{
	if (!set)
		return;
	g_free(set->values);
	g_free(set);
}

static SeenValue *find(SeenValue *values, gsize n_slots, guint64 hash, guint32 more_hash)
{
	gsize i = hash & (n_slots - 1);

	while (values[i].hash != 0 && (values[i].hash != hash || values[i].more_hash != more_hash))
		i = (i + 1) & (n_slots - 1);
	return &values[i];
}

static void grow(SeenSet *set)
{
	gsize n_slots = set->n_slots * 2;
	SeenValue *values = g_new0(SeenValue, n_slots);

	for (gsize i = 0; i < set->n_slots; i++) {
		const SeenValue *value = &set->values[i];

		if (value->hash != 0)
			*find(values, n_slots, value->hash, value->more_hash) = *value;
	}
	g_free(set->values);
	set->values = values;
	set->n_slots = n_slots;
}

SeenValue *seen_set_take(SeenSet *set, Slice key, gboolean *ret_is_new)
{
	guint64 hash = slice_hash(key), more;
	SeenValue *value;

	/* All but the last byte: a hash of its own, since the key of the hash is not known. */
	more = slice_hash(slice_sub(key, 0, key.size - (key.size > 0))) ^
		(key.size > 0 ? key.data[key.size - 1] : 0);
	if (set->n_values * 4 >= set->n_slots * 3)
		grow(set);
	hash = hash ? hash : 1;
	value = find(set->values, set->n_slots, hash, (guint32)more);
	*ret_is_new = value->hash == 0;
	if (*ret_is_new) {
		value->hash = hash;
		value->more_hash = (guint32)more;
		set->n_values++;
	}
	return value;
}
