// A line editor on the console, with a history.
#ifndef LINE_H
#define LINE_H

#include <stdint.h>

/**
 * Reads a line with a 0 behind it, showing `prompt` (ASCII) and what is typed. Returns its length, or -1 at the end of input,
 * which is also Ctrl-D on an empty line.
 */
int32_t read_line(const char *prompt, char *line, uint32_t room);

/** Whether Ctrl-C was typed: takes it, and what was typed before it. Does not wait; what else is there is kept. */
int interrupted(void);

#endif
