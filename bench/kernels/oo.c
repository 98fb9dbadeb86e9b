/* Virtual calls: four classes of shapes in one list, every method reached through a table of functions. */
#define EXPORT(name) __attribute__((export_name(#name)))
#define OBJECTS 64

typedef struct Shape Shape;
typedef struct {
  int (*area)(const Shape *);
  void (*grow)(Shape *, int by);
  int (*combine)(const Shape *, const Shape *);
} Methods;
struct Shape { const Methods *methods; int width, height; Shape *next; };

static int areaOfRectangle(const Shape *s) { return s->width * s->height; }
static int areaOfTriangle(const Shape *s) { return (s->width * s->height) >> 1; }
static int areaOfRing(const Shape *s) { return s->width * s->width - s->height * s->height; }
static int areaOfLine(const Shape *s) { return s->width + s->height; }

static void growBoth(Shape *s, int by) { s->width += by & 3, s->height += by & 1; }
static void growWidth(Shape *s, int by) { s->width = (s->width + by) & 1023; }
static void shrink(Shape *s, int by) { s->width -= by >> 2, s->height = (s->height ^ by) & 255; }

/* Virtual calls made from within virtual methods. */
static int combineSum(const Shape *a, const Shape *b) { return a->methods->area(a) + b->methods->area(b); }
static int combineLarger(const Shape *a, const Shape *b) {
  int one = a->methods->area(a), other = b->methods->area(b);
  return one > other ? one : other;
}

static const Methods rectangle = {areaOfRectangle, growBoth, combineSum};
static const Methods triangle = {areaOfTriangle, growWidth, combineLarger};
static const Methods ring = {areaOfRing, shrink, combineSum};
static const Methods line = {areaOfLine, growWidth, combineLarger};
static const Methods *const classes[] = {&rectangle, &triangle, &ring, &line};

static Shape shapes[OBJECTS];

__attribute__((noinline)) static unsigned walk(Shape *at, int steps) {
  unsigned mixed = 0;
  while (steps-- > 0) {
    Shape *next = at->next;
    mixed = mixed * 31 + (unsigned)at->methods->combine(at, next);
    at->methods->grow(at, (int)(mixed & 15));
    at = next;
  }
  return mixed;
}

EXPORT(run) int run(int rounds) {
  unsigned mixed = 0;
  for (int i = 0; i < OBJECTS; i++)
    shapes[i] = (Shape){classes[(i * 7 + (i >> 3)) & 3], i + 1, OBJECTS - i, &shapes[(i * 5 + 1) % OBJECTS]};
  while (rounds-- > 0) mixed += walk(&shapes[rounds % OBJECTS], 1000);
  return (int)mixed;
}
