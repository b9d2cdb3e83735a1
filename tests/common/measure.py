"""Runs a command: measure.py SECONDS COMMAND...; the last line of standard error is `measured CODE SECONDS PEAK_KB`,
CODE -9 when it ran out of time (then it is killed), its negative signal number when one ended it."""
import os
import subprocess
import sys
import threading
import time

begun = time.monotonic()
child = subprocess.Popen(sys.argv[2:])
killer = threading.Timer(float(sys.argv[1]), child.kill)
killer.start()
_, status, usage = os.wait4(child.pid, 0)
killer.cancel()
code = os.waitstatus_to_exitcode(status)
print(f"\nmeasured {code} {time.monotonic() - begun:.2f} {usage.ru_maxrss}", file=sys.stderr)
