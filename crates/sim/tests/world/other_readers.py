"""Reads a world's files with other people's readers (pyx12, oxedi) and prints what they say.

Usage: python other_readers.py FOLDER. The last line is one JSON object.
"""

import collections
import io
import json
import logging
import pathlib
import sys

import oxedi
import pyx12.params
import pyx12.x12n_document

logging.disable(logging.CRITICAL)


def pyx12_findings(path):
    """The findings of pyx12 as text, and whether it accepts the file."""
    params = pyx12.params.params()
    out = io.StringIO()
    good = pyx12.x12n_document.x12n_document(params, str(path), None, None, fd_json=out)
    return good, out.getvalue()


def main(folder):
    counts = collections.defaultdict(lambda: {"files": 0, "accepted": 0})
    refused = {}
    oxedi_counts = {"files": 0, "clean": 0, "claims": 0, "paid_cents": 0}
    findings = {}
    for path in sorted(pathlib.Path(folder).glob("*/*.edi")):
        kind = path.parent.name
        counts[kind]["files"] += 1
        good, said = pyx12_findings(path)
        counts[kind]["accepted"] += bool(good)
        if not good:
            refused[f"{kind}/{path.name}"] = said
        if kind == "835":
            result = oxedi.parse(path.read_bytes())
            oxedi_counts["files"] += 1
            oxedi_counts["clean"] += not result.diagnostics
            oxedi_counts["claims"] += result.count_claims()
            oxedi_counts["paid_cents"] += int(result.sum_payments() * 100)
            if result.diagnostics:
                findings[f"{kind}/{path.name}"] = [str(one) for one in result.diagnostics]
    print(json.dumps({"pyx12": counts, "pyx12_refused": refused,
                      "oxedi": oxedi_counts, "oxedi_findings": findings}))


if __name__ == "__main__":
    main(sys.argv[1])
