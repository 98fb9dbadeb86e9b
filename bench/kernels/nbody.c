/* Planets under gravity: floating point with divisions and square roots, short nested loops. */
#define EXPORT(name) __attribute__((export_name(#name)))
#define BODIES 5

typedef struct { double position[3], velocity[3], mass; } Body;

static Body bodies[BODIES];

__attribute__((noinline)) static void place(void) {
  for (int i = 0; i < BODIES; i++) {
    double distance = i * 4.5 + (i != 0);
    bodies[i] = (Body){.position = {distance, distance * 0.3 - 1, i * 0.2},
                       .velocity = {0.05 * i, 1.0 / (1 + distance), -0.01 * i},
                       .mass = i ? 0.04 / i : 39.5};
  }
}

__attribute__((noinline)) static void advance(double step) {
  for (int i = 0; i < BODIES; i++) {
    Body *one = &bodies[i];
    for (int j = i + 1; j < BODIES; j++) {
      Body *other = &bodies[j];
      double x = one->position[0] - other->position[0];
      double y = one->position[1] - other->position[1];
      double z = one->position[2] - other->position[2];
      double squared = x * x + y * y + z * z + 0.001;
      double pull = step / (squared * __builtin_sqrt(squared));
      double towards = other->mass * pull, back = one->mass * pull;
      one->velocity[0] -= x * towards, other->velocity[0] += x * back;
      one->velocity[1] -= y * towards, other->velocity[1] += y * back;
      one->velocity[2] -= z * towards, other->velocity[2] += z * back;
    }
  }
  for (int i = 0; i < BODIES; i++)
    for (int axis = 0; axis < 3; axis++) bodies[i].position[axis] += step * bodies[i].velocity[axis];
}

EXPORT(run) int run(int steps) {
  double energy = 0;
  place();
  while (steps-- > 0) advance(0.002);
  for (int i = 0; i < BODIES; i++)
    for (int axis = 0; axis < 3; axis++)
      energy += bodies[i].mass * bodies[i].velocity[axis] * bodies[i].velocity[axis];
  return (int)(energy * 1e6);
}
