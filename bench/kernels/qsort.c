/* Quicksort with insertion sort below 12 elements: recursion around unpredictable inner loops. */
#define EXPORT(name) __attribute__((export_name(#name)))
#define COUNT 20000
#define SMALL 12

static int values[COUNT];

static void insertionSort(int *first, int *last) {
  for (int *next = first + 1; next <= last; next++) {
    int value = *next, *hole = next;
    for (; hole > first && hole[-1] > value; hole--) *hole = hole[-1];
    *hole = value;
  }
}

static int middle(int a, int b, int c) {
  if (a > b) { int swap = a; a = b; b = swap; }
  if (c <= a) return a;
  return c < b ? c : b;
}

__attribute__((noinline)) static void sort(int *first, int *last) {
  while (last - first >= SMALL) {
    int pivot = middle(*first, first[(last - first) >> 1], *last);
    int *low = first, *high = last;
    while (low <= high) {
      while (*low < pivot) low++;
      while (*high > pivot) high--;
      if (low > high) break;
      int swap = *low;
      *low++ = *high;
      *high-- = swap;
    }
    if (high - first < last - low) {
      sort(first, high);
      first = low;
    } else {
      sort(low, last);
      last = high;
    }
  }
  insertionSort(first, last);
}

EXPORT(run) int run(int rounds) {
  unsigned seed = 2463534242u, mixed = 0;
  while (rounds-- > 0) {
    for (int i = 0; i < COUNT; i++) {
      seed ^= seed << 13, seed ^= seed >> 17, seed ^= seed << 5;
      values[i] = (int)(seed >> 4);
    }
    sort(values, values + COUNT - 1);
    for (int i = 0; i < COUNT; i += 97) mixed = mixed * 33 + (unsigned)values[i];
  }
  return (int)mixed;
}
