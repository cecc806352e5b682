#!/usr/bin/env python3
"""Checks an evidence bundle without the system that made it. 不依赖原系统，独立核验证据包。

Usage 用法:  python3 check.py [--root ROOT.pem] [FOLDER]

Needs Python 3.8 or later and the program "openssl"; nothing else, and no network. FOLDER is the unpacked bundle,
by default the folder of this script. ROOT.pem is the root certificate as you have it from elsewhere, for example
from the verification page of the system; without it the root inside the bundle is used, whose SHA-256 is printed
for you to compare. Exit code: 0 all good, 1 something is wrong, 2 it could not be checked.
"""

import calendar
import hashlib
import json
import pathlib
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import uuid

FIELDS = ("employer", "student", "school")
# The attribute of a signature that holds its time-stamp, 1.2.840.113549.1.9.16.2.14 (RFC 3161, appendix A).
TIME_STAMP = bytes.fromhex("060b2a864886f70d010910020e")
NAMES = {"employer": "用人单位", "student": "毕业生", "school": "学校"}


class Wrong(Exception):
    """Something does not hold."""


def must(holds, text):
    if not holds:
        raise Wrong(text)


def say(text):
    print(text, flush=True)


def digest(*pieces):
    """SHA-256 over pieces, before each its length in eight bytes, the most significant first."""
    sha = hashlib.sha256()
    for piece in pieces:
        sha.update(len(piece).to_bytes(8, "big"))
        sha.update(piece)
    return sha.digest()


def openssl(*words):
    ran = subprocess.run(["openssl", *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    out = ran.stdout.decode("utf-8", "replace")
    return ran.returncode == 0, out, out + ran.stderr.decode("utf-8", "replace")


def microseconds(text):
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z", text)
    must(found, "not a time: " + text)
    seconds = calendar.timegm(tuple(int(part) for part in found.groups()[:6]))
    return seconds * 1_000_000 + int((found.group(7) or "").ljust(9, "0")[:6])


# ---- DER, as much of it as is needed


def element(data, at):
    """Tag, begin and end of the content of the element at a place."""
    tag, length, begin = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        must(1 <= count <= 4, "DER: length")
        length = int.from_bytes(data[begin : begin + count], "big")
        begin += count
    must(begin + length <= len(data), "DER: too short")
    return tag, begin, begin + length


def elements(data, begin, end):
    found = []
    while begin < end:
        tag, first, last = element(data, begin)
        found.append((tag, first, last))
        begin = last
    return found


def signature_value(cms):
    """The signature itself of a CMS structure with one signer (RFC 5652, 5.3)."""
    _, first, last = element(cms, 0)
    explicit = elements(cms, first, last)[1]
    _, first, last = element(cms, explicit[1])
    signers = elements(cms, first, last)[-1]
    must(signers[0] == 0x31, "CMS: no signers")
    infos = elements(cms, signers[1], signers[2])
    must(len(infos) == 1, "CMS: not one signer")
    values = [part for part in elements(cms, infos[0][1], infos[0][2]) if part[0] == 0x04]
    must(len(values) == 1, "CMS: no signature")
    return cms[values[0][1] : values[0][2]]


# ---- the steps


class Bundle:
    def __init__(self, folder, root, work):
        self.folder = folder
        self.work = work
        self.root = root or folder / "certificates" / "root.pem"
        self.signed_at = {}
        self.stamped = {}

    def bytes(self, name):
        return (self.folder / name).read_bytes()

    def json(self, name):
        return json.loads(self.bytes(name).decode("utf-8"))

    def members(self):
        """1. Every file is the one that SHA256SUMS names."""
        text = self.bytes("SHA256SUMS").decode("utf-8")
        must(re.fullmatch(r"(?:[0-9a-f]{64}  [^\n]+\n)+", text), "SHA256SUMS is damaged")
        listed = dict(reversed(line.split("  ", 1)) for line in text.splitlines())
        must(len(listed) == text.count("\n"), "SHA256SUMS names a file twice")
        for name in ("agreement.pdf", "check.py", "audit/events.json", "audit/checkpoint.txt", "content/clauses.json"):
            must(name in listed, name + " is not listed in SHA256SUMS")
        for name, expected in sorted(listed.items()):
            path = self.folder / name
            must(path.is_file(), name + " is missing")
            must(hashlib.sha256(path.read_bytes()).hexdigest() == expected, name + " was changed")
        there = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        for name in sorted(there - set(listed) - {"SHA256SUMS"}):
            say("       not part of the bundle, not checked 不属于证据包: " + name)
        return "%d files are as they were packed 文件齐全且未被改动" % len(listed)

    def authorities(self):
        """2. The issuing authorities are certified by the root."""
        pem = self.bytes("certificates/issuing.pem").decode("ascii")
        found = re.findall(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", pem, re.S)
        must(found and "".join(found) == pem, "certificates/issuing.pem is damaged")
        self.issuing = []
        for number, text in enumerate(found):
            path = self.work / ("issuing-%d.pem" % number)
            path.write_text(text)
            good, _, why = openssl("verify", "-no_check_time", "-CAfile", self.root, path)
            must(good, "an issuing authority does not lead to the root:\n" + why)
            self.issuing.append(path)
        _, out, _ = openssl("x509", "-in", self.root, "-noout", "-fingerprint", "-sha256")
        return "issuing authorities lead to the root 签发证书由根证书签发\n       root 根证书 " + out.strip()

    def content(self):
        """3. The texts are those whose hash everything else names."""
        template, terms, clauses = (self.bytes("content/" + name) for name in ("template.txt", "terms.json", "clauses.json"))
        self.content_hash = digest(template, terms, clauses).hex()
        self.clauses = json.loads(clauses.decode("utf-8"))
        return "content 协议内容 SHA-256 " + self.content_hash

    def events(self):
        """4. The events follow each other, each bound to the one before by its hash."""
        book = self.json("audit/events.json")
        agreement = uuid.UUID(book["agreement"]).bytes
        previous, state = bytes(32), None
        self.book = book
        for place, event in enumerate(book["events"], 1):
            must(event["seq"] == place and event["prev_hash"] == previous.hex(), "event %d is out of place" % place)
            previous = digest(
                previous,
                agreement,
                place.to_bytes(8, "big"),
                event["kind"].encode(),
                event["actor"].encode(),
                event["payload"].encode(),
                event["at"].to_bytes(8, "big", signed=True),
            )
            must(event["hash"] == previous.hex(), "event %d was changed" % place)
            payload = json.loads(event["payload"])
            must(payload["from"] == state and payload["version"] == place, "event %d does not follow" % place)
            must(microseconds(event["time"]) == event["at"], "the time of event %d" % place)
            state = payload["to"]
        must(book["events"], "there are no events")
        return "%d events in an unbroken chain 操作记录前后相连；最后状态 last state: %s" % (len(book["events"]), state)

    def checkpoint(self):
        """5. The events are in the tree whose root the system signed (RFC 9162)."""
        statement = self.bytes("audit/checkpoint.txt")
        lines = statement.decode("utf-8").split("\n")
        must(len(lines) == 6 and lines[0] == "sanfang audit checkpoint 1" and lines[5] == "", "checkpoint.txt is damaged")
        must(lines[1] == str(self.book["school"]), "the checkpoint is of another school")
        size, root = int(lines[2]), bytes.fromhex(lines[3])
        signed = False
        for path in self.issuing:
            _, key, _ = openssl("x509", "-in", path, "-noout", "-pubkey")
            public = self.work / "public.pem"
            public.write_text(key)
            good, _, _ = openssl(
                "dgst", "-sha256", "-verify", public,
                "-signature", self.folder / "audit/checkpoint.sig", self.folder / "audit/checkpoint.txt",
            )
            signed = signed or good
        must(signed, "the checkpoint is not signed by an authority of the system")
        covered = 0
        for event in self.book["events"]:
            proof = event["proof"]
            if proof is None:
                say("       event %d is not under this checkpoint yet 尚无存证点" % event["seq"])
                continue
            must(covered == event["seq"] - 1, "an earlier event has no proof")
            must(proof["size"] == size, "a proof is of another checkpoint")
            must(leads(proof, bytes.fromhex(event["hash"]), root), "event %d is not in the tree" % event["seq"])
            covered += 1
        states = [json.loads(event["payload"])["to"] for event in self.book["events"][:covered]]
        must("effective" in states, "the events are not covered up to the agreement's taking effect")
        return "%d events are under the signed checkpoint of %s 已纳入存证点" % (covered, lines[4])

    def consents(self):
        """6. What each party confirmed is what stands in the agreement."""
        for party in FIELDS:
            record = self.json("consents/%s.json" % party)
            must(record["party"] == party, "a record of another party: " + party)
            must(record["agreement"] == self.book["agreement"], "a record of another agreement: " + party)
            must(record["content_sha256"] == self.content_hash, "another content was confirmed: " + party)
            must(1 <= record["event"] <= len(self.book["events"]), "no such event: " + party)
            event = self.book["events"][record["event"] - 1]
            payload = json.loads(event["payload"])
            must(record["act"].split(" by ")[0] == event["kind"], "another act: " + party)
            must(payload["content"] == self.content_hash, "the event is about another content: " + party)
            must(record["content_version"] == payload["content_version"], "another version: " + party)
            must(microseconds(record["at"]) == event["at"], "another time: " + party)
            asked = [clause for clause in self.clauses if party in clause["confirmed_by"]]
            for clause in asked:
                expected = digest(*(clause[part].encode() for part in ("key", "title", "body"))).hex()
                given = (record["clauses"] or {}).get(clause["key"])
                must(given and given["hash"] == expected, "%s: clause %s was not confirmed as it reads" % (party, clause["key"]))
            say("       %s: %d clauses confirmed 条已逐条确认" % (NAMES[party], len(asked)))
        return "the records of consent are about this content 确认记录与协议内容一致"

    def certificates(self):
        """7. Each certificate leads to the root and names the record of consent that it was issued for."""
        for party in FIELDS:
            path = self.folder / "certificates" / (party + ".pem")
            moment = self.stamped.get(party, self.signed_at[party])
            # Partial: of a seal from elsewhere the very certificate is trusted, and stands among the roots.
            good, _, why = openssl(
                "verify", "-purpose", "any", "-attime", moment, "-partial_chain", "-CAfile", self.root,
                "-untrusted", self.folder / "certificates/issuing.pem", path,
            )
            must(good, "certificate of %s:\n%s" % (party, why))
            if party == "school":
                continue
            record = hashlib.sha256(self.bytes("consents/%s.json" % party)).hexdigest()
            _, text, _ = openssl("x509", "-in", path, "-noout", "-text")
            must("urn:sanfang:consent:sha-256:" + record in text, "the certificate was issued for another record: " + party)
            must("urn:sanfang:role:" + party in text, "the certificate is of another party: " + party)
        return "certificates lead to the root and name these records 证书有效并指向上述确认记录"

    def revocations(self):
        """9. No certificate was revoked, unless a time-stamp shows that the signature is older."""
        path = self.folder / "certificates/revoked.pem"
        if not path.exists():
            return "there were no revocation lists when this was packed 打包时尚无吊销列表"
        pem = path.read_text()
        lists = re.findall(r"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----\n", pem, re.S)
        must(lists and "".join(lists) == pem, "certificates/revoked.pem is damaged")
        gone = {}
        for text in lists:
            one = self.work / "list.pem"
            one.write_text(text)
            signed = any("verify OK" in openssl("crl", "-in", one, "-noout", "-CAfile", path)[2] for path in self.issuing)
            must(signed, "a revocation list is not signed by an authority of the system")
            _, out, _ = openssl("crl", "-in", one, "-noout", "-text")
            for serial, date in re.findall(r"Serial Number: *([0-9A-Fa-f]+)\s+Revocation Date: *([^\n]+)", out):
                gone[int(serial, 16)] = ssl.cert_time_to_seconds(date.strip())
        for party in FIELDS:
            _, out, _ = openssl("x509", "-in", self.folder / ("certificates/%s.pem" % party), "-noout", "-serial")
            since = gone.get(int(out.strip().split("=")[1], 16))
            if since is not None:
                # The time that the signature claims shows nothing: whoever stole a key writes what they like.
                older = party in self.stamped and self.stamped[party] < since
                must(older, "the certificate of %s was revoked" % party)
                say("       %s: revoked later, the time-stamp is older 证书后来被吊销，签名在先" % NAMES[party])
        return "no certificate was revoked by then 打包时证书未被吊销（%d in the lists）" % len(gone)

    @staticmethod
    def first(path):
        return re.match(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----\n", path.read_text(), re.S).group(0)

    def signatures(self):
        """8. The PDF holds these signatures, and they hold."""
        pdf = self.bytes("agreement.pdf")
        found = list(re.finditer(rb"/ByteRange \[(\d+) (\d+) (\d+) (\d+)\] *\n/Contents <", pdf))
        must(len(found) == len(FIELDS), "the PDF has %d signatures, not %d" % (len(found), len(FIELDS)))
        before = 0
        for party, match in zip(FIELDS, found):
            begin, open_, close, rest = (int(number) for number in match.groups())
            must(begin == 0 and open_ == match.end() - 1, "the signed range of " + party)
            must(pdf[open_ : open_ + 1] == b"<" and pdf[close - 1 : close] == b">", "the signed range of " + party)
            must(before < open_ < close <= close + rest <= len(pdf), "the signed range of " + party)
            before = close + rest
            value = bytes.fromhex(pdf[open_ + 1 : close - 1].decode("ascii"))
            end = element(value, 0)[2]
            must(not any(value[end:]), "something follows the signature of " + party)
            must(value[:end] == self.bytes("signatures/%s.p7s" % party), "another signature in the PDF: " + party)
            head = pdf[pdf.rfind(b" obj", 0, match.start()) : match.start()]
            moment = self.signed_at[party] = date_of(head, party)
            content, signer = self.work / "content", self.work / "signer.pem"
            content.write_bytes(pdf[:open_] + pdf[close : close + rest])
            good, _, why = openssl(
                "cms", "-verify", "-binary", "-purpose", "any", "-attime", moment, "-inform", "DER",
                "-in", self.folder / ("signatures/%s.p7s" % party), "-content", content,
                "-CAfile", self.root, "-partial_chain", "-signer", signer, "-out", self.work / "out",
            )
            must(good, "signature of %s:\n%s" % (party, why))
            must(signer.read_text().strip() == self.first(self.folder / ("certificates/%s.pem" % party)).strip(), "another signer: " + party)
            self.time_stamp(party)
        must(before == len(pdf), "the last signature does not cover the whole file")
        return "three signatures hold and cover the whole file 三方签名有效，覆盖整个文件"

    def time_stamp(self, party):
        token = self.folder / ("signatures/%s.tst" % party)
        signature = self.bytes("signatures/%s.p7s" % party)
        must(token.exists() == (TIME_STAMP in signature), "the time-stamp of %s is missing" % party)
        if not token.exists():
            return
        must(token.read_bytes() in signature, "another time-stamp than in the PDF: " + party)
        roots = self.folder / "certificates/time-stamp-roots.pem"
        if not roots.exists():
            say("       %s: the time-stamp is there, but no root to judge it by 时间戳未判定" % NAMES[party])
            return
        data = self.work / "value"
        data.write_bytes(signature_value(signature))
        _, text, _ = openssl("ts", "-reply", "-token_in", "-in", token, "-token_out", "-text")
        stamp = re.search(r"Time stamp: (\w+ +\d+ \d\d:\d\d:\d\d)(?:\.\d+)?( \d{4} GMT)", text)
        must(stamp, "the time-stamp of %s has no time" % party)
        moment = ssl.cert_time_to_seconds(stamp.group(1) + stamp.group(2))
        good, _, why = openssl(
            "ts", "-verify", "-token_in", "-in", token, "-data", data,
            "-CAfile", roots, "-attime", moment,
        )
        must(good, "time-stamp of %s:\n%s" % (party, why))
        self.stamped[party] = moment
        say("       %s: time-stamp 时间戳 %s%s" % (NAMES[party], stamp.group(1), stamp.group(2)))


def date_of(head, party):
    """The time in a signature's dictionary, in seconds since 1970: a PDF date in China's time, written out or in hex."""
    found = re.search(rb"/M *(?:\(([^)]*)\)|<([0-9a-f]*)>)", head)
    must(found, "the signature has no time: " + party)
    text = found.group(1) or bytes.fromhex(found.group(2).decode("ascii"))
    date = re.fullmatch(rb"D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)\+08'00'", text)
    must(date, "the signature has no time: " + party)
    return calendar.timegm(tuple(int(part) for part in date.groups())) - 8 * 3600


def leads(proof, event, root):
    """Whether a proof leads from the leaf of an event to the root (RFC 9162, 2.1.3.2)."""
    at, last = proof["position"], proof["size"] - 1
    if not 0 <= at <= last:
        return False
    node = hashlib.sha256(b"\0" + event).digest()
    for step in proof["path"]:
        if last == 0:
            return False
        beside = bytes.fromhex(step)
        if at % 2 == 1 or at == last:
            node = hashlib.sha256(b"\1" + beside + node).digest()
            while at % 2 == 0 and at != 0:
                at >>= 1
                last >>= 1
        else:
            node = hashlib.sha256(b"\1" + node + beside).digest()
        at >>= 1
        last >>= 1
    return last == 0 and node == root


def main(words):
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    root = None
    if words[:1] == ["--root"] and len(words) > 1:
        root, words = pathlib.Path(words[1]), words[2:]
    if len(words) > 1 or (words and words[0].startswith("-")):
        say(__doc__)
        return 2
    folder = pathlib.Path(words[0]) if words else pathlib.Path(__file__).resolve().parent
    if not shutil.which("openssl"):
        say("openssl is not installed; without it signatures cannot be checked. 未安装 openssl，无法核验签名。")
        return 2
    with tempfile.TemporaryDirectory() as work:
        bundle = Bundle(folder, root, pathlib.Path(work))
        steps = (
            bundle.members, bundle.authorities, bundle.content, bundle.events,
            bundle.checkpoint, bundle.consents, bundle.signatures, bundle.certificates, bundle.revocations,
        )
        for step in steps:
            try:
                say("[ ok ] " + step())
            except Wrong as wrong:
                say("[BAD ] %s: %s" % (step.__name__, wrong))
                say("\n不通过：证据包不完整或被改动。NOT good.")
                return 1
            except Exception as error:  # whatever it is, the bundle is not as it should be
                say("[BAD ] %s: %s: %s" % (step.__name__, type(error).__name__, error))
                say("\n不通过：证据包不完整或被改动。NOT good.")
                return 1
    if root is None:
        say("\n请将上面的根证书 SHA-256 与系统核验页公布的核对。Compare the root's SHA-256 with the published one.")
    say("\n全部通过。All good. 协议现时是否有效（如是否已解约），以系统核验页为准。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
