#!/usr/bin/env python3
"""Writes the CSV inputs of the parity cases into data/ (seeded; standard library only; no header; empty field = NULL)."""
import csv
import os
import random
from datetime import datetime, timedelta

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.path.join(ROOT, "Tests", "Cases", "flink", "streams", "data")
rng = random.Random(42)
BASE = datetime(2024, 3, 10)


def stamp(t):
    return t.strftime("%Y-%m-%d %H:%M:%S.") + "%03d" % (t.microsecond // 1000)


def write(name, rows):
    with open(os.path.join(DATA, name + ".csv"), "w", newline="") as f:
        w = csv.writer(f, lineterminator="\n")
        for r in rows:
            w.writerow(["" if v is None else (stamp(v) if isinstance(v, datetime) else v) for v in r])


def jitter(rows, at, seconds):
    """Orders rows by time plus a small random delay: disorder below `seconds` (never late with a larger watermark delay)."""
    return [r for _, _, r in sorted((r[at] + timedelta(milliseconds=rng.randrange(0, seconds * 1000)), i, r)
                                    for i, r in enumerate(rows))]


def maybe(value, chance):
    return None if rng.random() < chance else value


def orders():
    rows, t = [], BASE
    regions = ["north", "south", "east", "west", "North", "ost\u00e9"]
    products = ["apple", "pear", "plum", "kiwi", "fig", "Apple", "\u00e9clair"]
    for i in range(1, 241):
        step = rng.choice([0, 0, 500, 1500, 20000, 45000, 61000, 90000])
        t += timedelta(milliseconds=step)
        when = t
        if i % 12 == 0:  # exactly on a minute
            t = when = (t + timedelta(seconds=59)).replace(second=0, microsecond=0)
        if i % 40 == 0:  # exactly on ten minutes
            t = when = (t + timedelta(minutes=10)).replace(second=0, microsecond=0)
            t = when = when - timedelta(minutes=when.minute % 10)
        if i % 40 == 1 and i > 1:  # one millisecond before a five-minute bound
            t = t + timedelta(minutes=5)
            t = when = t.replace(second=0, microsecond=0) - timedelta(minutes=t.minute % 5) - timedelta(milliseconds=1)
        rows.append((i, maybe(rng.randrange(1, 31), 0.08), maybe(rng.choice(regions), 0.08), rng.choice(products),
                     maybe(rng.randrange(0, 12), 0.1), maybe("%.2f" % (rng.randrange(1, 20000) / 100), 0.08),
                     maybe(rng.randrange(-40, 400) * 0.25, 0.1), when))
    out = jitter(rows, 7, 4)
    for k in (30, 77, 150):  # duplicate rows, right behind the original
        out.insert(k, out[k])
    return rows, out


def payments(source):
    rows, n = [], 0
    for o in source:
        for _ in range(rng.choice([0, 0, 1, 1, 1, 2])):
            n += 1
            delay = rng.choice([0, 0, 1000, 30000, 60000, 300000, 599999, 600000, 600001, 1500000, -60000, -1000])
            order = o[0] if rng.random() > 0.1 else rng.choice([None, 900 + n])
            rows.append((n, order, rng.choice(["card", "cash", "wire", "card"]),
                         "%.2f" % (rng.randrange(100, 30000) / 100), o[7] + timedelta(milliseconds=delay)))
    rows = rows[:200]
    out = jitter(rows, 4, 4)
    out.insert(20, out[20])
    out.insert(99, out[99])
    return out


def customers():
    rows = []
    names = ["ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal", "ivy", "jon"]
    for i in range(1, 27):
        t = BASE + timedelta(minutes=rng.choice([-60, -30, 0, 10, 60]))
        name = names[i % 10]
        for _ in range(rng.choice([1, 2, 3, 4, 6])):
            rows.append((i, name, rng.choice(["gold", "silver", "bronze"]), t))
            t += timedelta(seconds=rng.choice([1, 600, 1800, 3600]))
            if rng.random() < 0.3:
                name = name + "2"
    out = jitter(rows, 3, 1)
    out.insert(10, out[10])
    return out


def rates():
    rows = []
    for c, base in (("USD", 1.0), ("EUR", 1.09), ("GBP", 1.27), ("JPY", 0.0067), ("CHF", 1.14)):
        t = BASE + timedelta(minutes=rng.choice([-5, 0, 20]))
        for _ in range(14):
            rows.append((c, "%.4f" % (base * (1 + rng.randrange(-500, 500) / 10000)), t))
            t += timedelta(seconds=rng.choice([60, 300, 900, 1200]))
    return jitter(rows, 2, 1)


def clicks():
    rows = []
    urls = ["/", "/cart", "/help", "/item/1", "/item/2"]
    for user in range(1, 9):
        t = BASE + timedelta(seconds=rng.randrange(0, 300))
        for _ in range(rng.randrange(22, 36)):
            rows.append((user, rng.choice(urls), rng.randrange(1, 900), t))
            # 300 s and 600 s exactly: a row at the very end of a session does not extend it
            t += timedelta(milliseconds=rng.choice([0, 1000, 5000, 20000, 20000, 60000, 299999, 300000, 300001, 600000, 900000]))
    return jitter(rows, 3, 4)


def late():
    rows, t = [], BASE
    for i in range(1, 161):
        t += timedelta(milliseconds=rng.choice([0, 250, 1000, 3000, 7000, 15000]))
        if i % 20 == 0:
            t = (t + timedelta(seconds=59)).replace(second=0, microsecond=0)
        back = rng.choice([0, 0, 0, 0, 0, 1000, 2000, 2001, 5000, 30000, 60000, 150000])
        rows.append((i, maybe(rng.choice("abcd"), 0.05), maybe(rng.randrange(-50, 100), 0.08),
                     t - timedelta(milliseconds=back)))
    return rows


def dims():
    rows = [(i, "label%d" % (i % 12) if i % 9 else None) for i in range(1, 56) if i % 7]
    rows += [(3, "label3b"), (8, "label8"), (8, "label8"), (None, "nokey"), (None, None), (200, "unused"),
             (11, "ab"), (12, "aB"), (13, "\u00e9"), (15, "\U0001F600"), (16, "\uff21"), (17, "a")]
    rng.shuffle(rows)
    return rows


def tags():
    rows = []
    words = ["red", "green", "blue", "x", "y", "z"]
    for i in range(1, 71):
        n = rng.choice([0, 1, 1, 2, 3, 4])
        text = "|".join(rng.choice(words) for _ in range(n))
        rows.append((i, text or None, maybe(rng.randrange(0, 9), 0.15), maybe(rng.randrange(0, 9), 0.15),
                     BASE + timedelta(seconds=30 * i)))
    return rows


def events():
    """Instants (milliseconds since the epoch) around both changes of the clock in New York in 2024."""
    rows, n = [], 0
    for start, change in ((datetime(2024, 3, 9, 3), datetime(2024, 3, 10, 7)), (datetime(2024, 11, 2, 3), datetime(2024, 11, 3, 6))):
        t = start
        for _ in range(80):
            n += 1
            ms = int((t - datetime(1970, 1, 1)).total_seconds() * 1000)
            rows.append((n, rng.choice("xyz"), maybe(rng.randrange(0, 100), 0.1), ms))
            near = abs(t - change) < timedelta(hours=2)
            t += timedelta(minutes=rng.choice([10, 15, 15, 20] if near else [0, 15, 30, 60, 60, 90]))
    return rows


def main():
    os.makedirs(DATA, exist_ok=True)
    plain, disordered = orders()
    write("orders", disordered)
    write("payments", payments(plain))
    write("customers", customers())
    write("rates", rates())
    write("clicks", clicks())
    write("late", late())
    write("dims", dims())
    write("tags", tags())
    write("events", events())


if __name__ == "__main__":
    main()
