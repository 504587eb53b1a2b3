/* SPDX-License-Identifier: Apache-2.0 */
#include "engines/sigma/seen-values.h"

#define LOG_PLACES 11
#define STRIDE	   16
#define FACTOR	   G_GUINT64_CONSTANT(0x9FB21C651E98DF25)

G_STATIC_ASSERT(SEEN_MIN_BYTES >= STRIDE);

struct SeenValues {
	SeenValue places[1u << LOG_PLACES];
};

SeenValues *seen_values_new(void)
{
	return g_new0(SeenValues, 1);
}

void seen_values_free(SeenValues *seen)
{
	g_free(seen);
}

static inline guint64 load64(const guint8 *bytes)
{
	guint64 number;

	memcpy(&number, bytes, sizeof(number));
	return number;
}

/* Two sums that do not wait for each other. The last bytes count twice where they have to. */
SeenValue *seen_values_place(SeenValues *seen, guint32 owner, Slice value)
{
	guint64 one = owner, other = value.size;

	for (gsize i = 0; i + STRIDE < value.size; i += STRIDE) {
		one = (one ^ load64(&value.data[i])) * FACTOR;
		other = (other ^ load64(&value.data[i + STRIDE / 2])) * FACTOR;
		one ^= one >> 32;
		other ^= other >> 32;
	}
	one = (one ^ load64(&value.data[value.size - STRIDE])) * FACTOR;
	other = (other ^ load64(&value.data[value.size - STRIDE / 2])) * FACTOR;
	one ^= (other >> 31) * FACTOR;
	return &seen->places[one * FACTOR >> (64 - LOG_PLACES)];
}

void seen_value_set(
	SeenValue *place, guint32 owner, Slice value, const guint32 *finds, guint n_finds)
{
	g_return_if_fail(value.size <= SEEN_MAX_BYTES && n_finds <= SEEN_FINDS);
	place->owner = owner;
	place->size = (guint16)value.size;
	place->n_finds = (guint16)n_finds;
	for (guint i = 0; i < n_finds; i++)
		place->finds[i] = finds[i];
	memcpy(place->bytes, value.data, value.size);
}
