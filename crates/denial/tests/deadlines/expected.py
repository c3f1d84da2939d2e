"""The last day of each clock of table.csv, reckoned without a line of the program's code.

The rule of a row (count, unit, what it counts from, days presumed, weekends) was typed from the law
or manual named in it, not from data/payers. `expected.py` checks the column `last_day`;
`expected.py --write` fills it.
"""

import csv
import pathlib
import sys
from datetime import date, timedelta

TABLE = pathlib.Path(__file__).with_name("table.csv")

# Days on which federal offices are closed, as opm.gov lists them year by year.
CLOSED = {date.fromisoformat(day) for day in """
2023-12-25 2024-01-01 2024-01-15 2024-02-19 2024-05-27 2024-06-19 2024-07-04 2024-09-02
2024-10-14 2024-11-11 2024-11-28 2024-12-25 2025-01-01 2025-01-20 2025-02-17 2025-05-26
2025-06-19 2025-07-04 2025-09-01 2025-10-13 2025-11-11 2025-11-27 2025-12-25 2026-01-01
2026-01-19 2026-02-16 2026-05-25 2026-06-19 2026-07-03 2026-09-07 2026-10-12 2026-11-11
2026-11-26 2026-12-25 2027-01-01 2027-01-18 2027-02-15 2027-05-31 2027-06-18 2027-07-05
2027-09-06 2027-10-11 2027-11-11 2027-11-25 2027-12-24 2027-12-31 2028-01-17 2028-02-21
""".split()}


def is_open(day):
    assert date(2023, 12, 25) <= day < date(2028, 3, 1), f"holidays around {day} are not listed"
    return day.isoweekday() <= 5 and day not in CLOSED


def length_of_month(year, month):
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(1)).day


def months_later(day, count):
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    return date(years, month + 1, min(day.day, length_of_month(years, month + 1)))


def open_days_later(day, count):
    while count > 0:
        day += timedelta(1)
        count -= is_open(day)
    return day


def last_day(row):
    if not row["counts_from"]:
        return ""
    start = date.fromisoformat(row[row["counts_from"]]) + timedelta(int(row["presumed"] or 0))
    count, unit = int(row["count"]), row["unit"]
    if unit == "months after the month":
        later = months_later(start.replace(day=1), count)
        return later.replace(day=length_of_month(later.year, later.month)).isoformat()
    day = {
        "days": lambda: start + timedelta(count),
        "open days": lambda: open_days_later(start, count),
        "months": lambda: months_later(start, count),
        "years": lambda: months_later(start, 12 * count),
        "year's end": lambda: date(start.year + count, 12, 31),
    }[unit]()
    while row["weekend"] == "next open day" and not is_open(day):
        day += timedelta(1)
    return day.isoformat()


def main():
    with TABLE.open(newline="") as file:
        rows = list(csv.DictReader(file))
    if "--write" in sys.argv:
        with TABLE.open("w", newline="") as file:
            table = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
            table.writeheader()
            table.writerows({**row, "last_day": last_day(row)} for row in rows)
        return
    wrong = [row for row in rows if row["last_day"] != last_day(row)]
    for row in wrong:
        print(f"{row['payer']}, {row['clock']}: {row['last_day']}, reckoned {last_day(row)}")
    print(f"{len(rows)} rows, {len(wrong)} differ")
    sys.exit(bool(wrong))


main()
