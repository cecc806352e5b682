"""Says of PDF files what pyHanko thinks of their signatures.

Usage: judge.py [--crl LISTS.pem] ROOT.pem... -- FILE...
       judge.py --authorities FILE...   (prints the certificates of authorities inside the files as PEM)
Prints one JSON object a file: {"file", "error"} or {"file", "signatures": [{"field", "valid", "intact",
"trusted", "coverage", "docmdp", "modification"}]}. "valid" is pyHanko's bottom line.
"""

import json
import logging
import sys

from asn1crypto import pem
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.policy_decl import (
    CertRevTrustPolicy,
    RevocationCheckingPolicy,
    RevocationCheckingRule,
)

logging.disable(logging.CRITICAL)


def context_of(roots, lists):
    if not lists:
        return ValidationContext(trust_roots=roots, allow_fetching=False)
    # Our certificates name no place where lists are found, so it has to be told to look at those it is given.
    policy = RevocationCheckingPolicy(
        ee_certificate_rule=RevocationCheckingRule.CRL_REQUIRED,
        intermediate_ca_cert_rule=RevocationCheckingRule.NO_CHECK,
    )
    return ValidationContext(
        trust_roots=roots, allow_fetching=False, crls=lists, revinfo_policy=CertRevTrustPolicy(policy)
    )


def judge(path, roots, lists):
    with open(path, "rb") as handle:
        reader = PdfFileReader(handle)
        found = []
        for signature in reader.embedded_regular_signatures:
            context = context_of(roots, lists)
            try:
                status = validate_pdf_signature(signature, context, context)
                found.append(
                    {
                        "field": signature.field_name,
                        "valid": bool(status.bottom_line),
                        "intact": bool(status.intact and status.valid),
                        "trusted": bool(status.trusted),
                        "coverage": str(status.coverage.name),
                        "docmdp": status.docmdp_ok,
                        "modification": getattr(status.modification_level, "name", None),
                        "timestamp": status.timestamp_validity is not None
                        and bool(status.timestamp_validity.valid and status.timestamp_validity.trusted),
                    }
                )
            except Exception as error:  # pylint: disable=broad-except
                found.append({"field": signature.field_name, "valid": False, "error": repr(error)[:300]})
        return {"file": path, "signatures": found}


def authorities(paths):
    seen = set()
    for path in paths:
        try:
            with open(path, "rb") as handle:
                for signature in PdfFileReader(handle).embedded_signatures:
                    for choice in signature.signed_data["certificates"]:
                        if choice.name == "certificate" and choice.chosen.ca:
                            seen.add(choice.chosen.dump())
        except Exception:  # pylint: disable=broad-except
            continue
    for der in sorted(seen):
        print(pem.armor("CERTIFICATE", der).decode(), end="")


def main():
    if sys.argv[1] == "--authorities":
        authorities(sys.argv[2:])
        return
    split = sys.argv.index("--")
    trusted = sys.argv[1:split]
    lists = []
    if trusted[:1] == ["--crl"]:
        with open(trusted[1], "rb") as handle:
            lists = [der for _, _, der in pem.unarmor(handle.read(), multiple=True)]
        trusted = trusted[2:]
    roots = [load_cert_from_pemder(path) for path in trusted]
    for path in sys.argv[split + 1 :]:
        try:
            result = judge(path, roots, lists)
        except Exception as error:  # pylint: disable=broad-except
            result = {"file": path, "error": repr(error)[:300]}
        print(json.dumps(result), flush=True)


main()
