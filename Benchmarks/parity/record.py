#!/usr/bin/env python3
"""Records the answers of the case files with a real Flink: record.py [--new | --check] [--twist] [topic ...]

Each Tests/Cases/flink/streams/<topic>.txt holds blocks separated by one blank line:
    # name
    # set KEY=VALUE      (any number)
    SELECT ...
    ----
    value<TAB>value ...  (the final rows, sorted bytewise), or one line "# error: ..."
Every block's answer is replaced by what Flink says now. --new asks Flink only for the blocks without a ---- line. --check writes nothing and reports differences.
--twist runs with other settings that must not change an answer (no source reuse, another buffer timeout).
Blocks with the same settings share one Flink run. A changelog that collapses to a negative count is a failure.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile

BENCHMARKS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RUN = os.path.join(BENCHMARKS, "flink", "run")
CASES = os.path.join(os.path.dirname(BENCHMARKS), "Tests", "Cases", "flink", "streams")
# Interval 0: WatermarkAssignerOperator registers no timer and emits a watermark behind every row that advances it,
# so which rows are late depends on the order of the file alone.
BASE = ["parallelism.default=1", "pipeline.auto-watermark-interval=0"]
TWIST = ["execution.buffer-timeout.interval=0 ms", "table.optimizer.reuse-source-enabled=false",
         "table.optimizer.reuse-sub-plan-enabled=false"]
Case = collections.namedtuple("Case", "name settings sql answer")


def load(path):
    cases = []
    for block in open(path, encoding="utf-8").read().split("\n\n"):
        lines = block.strip("\n").split("\n")
        if lines == [""]:
            continue
        head = lines.index("----") if "----" in lines else len(lines)
        name, settings, sql = None, [], None
        for line in lines[:head]:
            if line.startswith("# set "):
                settings.append(line[6:].strip())
            elif line.startswith("# ") and name is None:
                name = line[2:].strip()
            elif sql is None and not line.startswith("#"):
                sql = line.strip()
            else:
                sys.exit("%s: unexpected line in %s: %s" % (path, name, line))
        if not name or not sql or "\t" in sql or sql.endswith(";"):
            sys.exit("%s: bad block %s" % (path, name))
        cases.append(Case(name, tuple(settings), sql, lines[head + 1:] if head < len(lines) else None))
    return cases


def save(path, cases):
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join("\n".join(["# " + c.name] + ["# set " + s for s in c.settings] + [c.sql, "----"] + c.answer)
                          + "\n" for c in cases))


def tables():
    return open(os.path.join(CASES, "tables.sql"), encoding="utf-8").read().replace("'data/", "'" + CASES + "/data/")


def flink(settings, queries, extra):
    """Answers of the queries, in order: a list of lines, or one '# error: ' line."""
    temp = tempfile.mkdtemp(prefix="weir-parity-")
    script = os.path.join(temp, "script.sql")
    with open(script, "w", encoding="utf-8") as f:
        f.write(tables() + "\n" + "".join(q + ";\n" for q in queries))
    env = dict(os.environ, JAVA_TOOL_OPTIONS="-Djava.io.tmpdir=" + temp + " -Dfile.encoding=UTF-8 -Dstdout.encoding=UTF-8")
    with open(os.path.join(temp, "stderr.txt"), "w") as err:
        done = subprocess.run([RUN, script, "--tsv"] + BASE + list(settings) + extra, stdout=subprocess.PIPE,
                              stderr=err, env=env)
    shutil.rmtree(temp)
    answers = [None] * len(queries)
    counts = None
    for line in done.stdout.decode("utf-8").split("\n"):
        if line.startswith("# query "):
            index = int(line[8:]) - 1
            counts = answers[index] = collections.Counter()
        elif line.startswith("# error "):
            number, _, text = line[8:].partition(": ")
            if int(number) == 0:
                sys.exit("tables.sql: " + text)
            answers[int(number) - 1] = ["# error: " + re.sub(r"\$cor\d+", "$cor", text)[:150]]
            counts = None
        elif line and not line.startswith("## "):
            kind, _, row = line.partition("\t")
            counts[row] += {"+I": 1, "+U": 1, "-U": -1, "-D": -1}[kind]
    return answers


def collapse(name, answer, failures):
    if answer is None:
        failures.append(name + ": no answer")
        return ["# error: no answer"]
    if isinstance(answer, list):
        return answer
    for row, n in answer.items():
        if n < 0:
            failures.append("%s: negative count %d of %s" % (name, n, row))
    return sorted((row for row, n in answer.items() for _ in range(n)), key=lambda r: r.encode("utf-8"))


def main():
    words = sys.argv[1:]
    check, twist, new_only = "--check" in words, "--twist" in words, "--new" in words
    topics = [w for w in words if not w.startswith("--")]
    if not topics:
        topics = sorted(n[:-4] for n in os.listdir(CASES)
                        if n.endswith(".txt") and n != "differences.txt")
    paths = [os.path.join(CASES, t + ".txt") for t in topics]
    files = [load(p) for p in paths]
    names = collections.Counter(c.name for cases in files for c in cases)
    failures = [n + ": name used twice" for n, count in names.items() if count > 1]
    groups = collections.OrderedDict()
    for cases in files:
        for c in cases:
            if new_only and c.answer is not None:
                continue
            groups.setdefault(c.settings, []).append(c)
    answers = {c.name: c.answer for cases in files for c in cases}
    for settings, cases in groups.items():
        got = flink(settings, [c.sql for c in cases], TWIST if twist else [])
        for c, a in zip(cases, got):
            answers[c.name] = collapse(c.name, a, failures)
    for path, cases in zip(paths, files):
        new = [c._replace(answer=answers[c.name]) for c in cases]
        changed = [n for n, o in zip(new, cases) if n.answer != o.answer]
        for n in changed if check else []:
            failures.append(n.name + ": another answer than recorded")
        if not check:
            save(path, new)
        errors = sum(c.answer[:1] != [] and c.answer[0].startswith("# error") for c in new)
        print("%-16s %3d cases, %d errors, %d empty, %d changed" % (
            os.path.basename(path), len(new), errors, sum(not c.answer for c in new), len(changed)), flush=True)
    for f in failures:
        print("FAILED " + f)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
