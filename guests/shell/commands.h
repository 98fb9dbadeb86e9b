#ifndef COMMANDS_H
#define COMMANDS_H

/** Runs a command line and prints what it says; the line is taken apart. */
void run_command(char *line);

#endif
