/* An allocator with size classes and free lists, under binary trees and lists that come and go. */
#define EXPORT(name) __attribute__((export_name(#name)))
#define ARENA_BYTES (1 << 20)
#define CLASSES 8

typedef struct Block { struct Block *next; } Block;
typedef struct Tree { struct Tree *left, *right; int key; } Tree;
typedef struct Cell { struct Cell *next; int payload[6]; } Cell;

static unsigned char arena[ARENA_BYTES] __attribute__((aligned(16)));
static unsigned used;
static Block *freeLists[CLASSES];

static int classOf(unsigned bytes) { return (int)((bytes + 7) >> 3) - 1; }

__attribute__((noinline)) static void *allocate(unsigned bytes) {
  int class = classOf(bytes);
  Block *block = freeLists[class];
  if (block) {
    freeLists[class] = block->next;
    return block;
  }
  unsigned rounded = (unsigned)(class + 1) << 3;
  if (used + rounded > ARENA_BYTES) __builtin_trap();
  void *fresh = arena + used;
  used += rounded;
  return fresh;
}

__attribute__((noinline)) static void release(void *memory, unsigned bytes) {
  Block *block = memory;
  int class = classOf(bytes);
  block->next = freeLists[class];
  freeLists[class] = block;
}

static Tree *insert(Tree *tree, int key) {
  if (!tree) {
    tree = allocate(sizeof(Tree));
    *tree = (Tree){0, 0, key};
  } else if (key < tree->key) {
    tree->left = insert(tree->left, key);
  } else {
    tree->right = insert(tree->right, key);
  }
  return tree;
}

static int sumAndRelease(Tree *tree, int depth) {
  if (!tree) return 0;
  int sum = sumAndRelease(tree->left, depth + 1) + sumAndRelease(tree->right, depth + 1);
  sum += tree->key ^ depth;
  release(tree, sizeof(Tree));
  return sum;
}

EXPORT(run) int run(int rounds) {
  unsigned seed = 88172645u, mixed = 0;
  while (rounds-- > 0) {
    Tree *tree = 0;
    Cell *list = 0;
    for (int i = 0; i < 1000; i++) {
      seed = seed * 1664525u + 1013904223u;
      tree = insert(tree, (int)(seed >> 8));
      Cell *cell = allocate(sizeof(Cell));
      cell->next = list;
      cell->payload[i % 6] = i;
      list = cell;
    }
    mixed += (unsigned)sumAndRelease(tree, 0);
    while (list) {
      Cell *next = list->next;
      release(list, sizeof(Cell));
      list = next;
    }
  }
  return (int)mixed;
}
