# Runs a command in a pseudo terminal and plays a person: python3 play-terminal.py STEPS COMMAND...
# STEPS is JSON: ["see", text] waits until the output since the last step has text, ["type", text] types, ["signal", number]
# sends one. Prints JSON: the output, the exit code, and whether the terminal was left in its usual modes.
import fcntl, json, os, pty, select, signal, struct, sys, termios, time

steps = json.loads(sys.argv[1])
pid, master = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
before = termios.tcgetattr(master)
output, seen, ends = "", 0, time.monotonic() + 40


def read():
    """Reads what is there; whether more may come."""
    global output
    if time.monotonic() > ends:
        os.kill(pid, signal.SIGKILL)
        raise SystemExit(f"the step {step} took too long; the output is {output!r}")
    if not select.select([master], [], [], 0.2)[0]:
        return True
    try:
        data = os.read(master, 65536)
    except OSError:
        return False
    output += data.decode("utf8", "replace")
    return len(data) > 0


for step in steps:
    kind, value = step
    if kind == "see":
        while value not in output[seen:]:
            if not read():
                raise SystemExit(f"{value!r} was never seen; the output is {output!r}")
        seen = output.index(value, seen) + len(value)
    elif kind == "type":
        os.write(master, value.encode())
    else:
        os.kill(pid, value)
step = "end"
while read():
    pass
modes = termios.tcgetattr(master)[:4] == before[:4]
_, status = os.waitpid(pid, 0)
print(json.dumps({"output": output, "code": os.waitstatus_to_exitcode(status), "sane": modes}))
