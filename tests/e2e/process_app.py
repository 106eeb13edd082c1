# A rank that starts programs of the served tree in the ways that Python has. Writes
# what they say to OUT.rank (mpirun would mix long lines), the same on every run; TREE
# names the tree.
import multiprocessing
import os
import subprocess
import sys

tree = os.environ["TREE"]
rank = os.environ.get("OMPI_COMM_WORLD_RANK", "0")
said = []


def child(queue):
    queue.put(("child", sys.executable, sys.prefix, multiprocessing.parent_process() is not None))


def output(*args, **options):
    result = subprocess.run(*args, **options, stdout=subprocess.PIPE, text=True)
    said.append((result.returncode, result.stdout))


def wait_for(pid):
    said.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def main():
    tell = "import sys, os; print(sys.executable, sys.prefix, sys.argv, os.readlink('/proc/self/exe'))"
    output([sys.executable, "-c", tell, "a"])
    output([sys.executable, "-c", tell, "b"], close_fds=False)
    output([sys.executable, "-S", "-c", tell], cwd=tree + "/bin", preexec_fn=os.setsid)
    output(["python3", "-c", tell])
    output(["./tool", "relative"], cwd=tree + "/bin")
    output(["tool", "seven"])
    output("tool one; hello two | cat; exec tool seven", shell=True)
    output([tree + "/bin/hello", "script"])
    output(["bash", "-c", "tool from bash; hello from bash"])
    os.environ["CHILD_OUT"] = "/dev/null"
    with open("/dev/null", "w") as null:
        actions = [(os.POSIX_SPAWN_DUP2, null.fileno(), 1)]
        wait_for(os.posix_spawn(tree + "/bin/tool", ["x", "seven"], os.environ, file_actions=actions))
        wait_for(os.posix_spawnp("tool", ["x", "seven"], os.environ, file_actions=actions))
        pid = os.fork()
        if pid == 0:
            os.dup2(null.fileno(), 1)
            os.execvp("tool", ["tool", "seven"])
        wait_for(pid)
    said.append(os.system("tool >/dev/null"))
    for way in "spawn", "forkserver":
        context = multiprocessing.get_context(way)
        queue = context.SimpleQueue()
        process = context.Process(target=child, args=(queue,))
        process.start()
        said.append(queue.get())
        process.join()
        said.append(process.exitcode)
    with open(os.environ["OUT"] + "." + rank, "w") as out:
        out.write(repr(said).replace("\\n", "\n") + "\n")


if __name__ == "__main__":
    main()
