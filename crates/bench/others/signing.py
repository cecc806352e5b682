"""Three signatures with pyHanko: fields first, the first signature certifies, nothing but signatures follows."""

import datetime
import io

from asn1crypto import keys, x509
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.stamp import StaticStampStyle, TextStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

PARTIES = ("employer", "student", "school")


def _certificate(name, key, issuer_name, issuer_key, is_authority):
    now = datetime.datetime.now(datetime.timezone.utc)
    named = lambda text: certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, text)])
    usage = certificates.KeyUsage(digital_signature=not is_authority, content_commitment=not is_authority,
                                  key_cert_sign=is_authority, crl_sign=is_authority, key_encipherment=False,
                                  data_encipherment=False, key_agreement=False, encipher_only=False,
                                  decipher_only=False)
    builder = (certificates.CertificateBuilder().subject_name(named(name)).issuer_name(named(issuer_name))
               .public_key(key.public_key()).serial_number(certificates.random_serial_number())
               .not_valid_before(now - datetime.timedelta(minutes=5))
               .not_valid_after(now + datetime.timedelta(days=365))
               .add_extension(certificates.BasicConstraints(ca=is_authority, path_length=None), critical=True)
               .add_extension(usage, critical=True))
    made = builder.sign(issuer_key, hashes.SHA256())
    return x509.Certificate.load(made.public_bytes(serialization.Encoding.DER))


class Sealer:
    """Keys and certificates of three parties, made once. (Sanfang makes new ones for each act: this costs less.)"""

    def __init__(self, seal_path: str):
        authority = ec.generate_private_key(ec.SECP256R1())
        root = _certificate("Authority", authority, "Authority", authority, True)
        self.signers = {}
        for party in PARTIES:
            key = ec.generate_private_key(ec.SECP256R1())
            registry = SimpleCertificateStore()
            registry.register(root)
            der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8,
                                    serialization.NoEncryption())
            self.signers[party] = signers.SimpleSigner(
                signing_cert=_certificate(party, key, "Authority", authority, False),
                signing_key=keys.PrivateKeyInfo.load(der), cert_registry=registry)
        seal = Image.open(seal_path).convert("RGB")
        seal.thumbnail((472, 472))
        self.styles = {"school": StaticStampStyle(background=PdfImage(seal, writer=None), border_width=0,
                                                  background_opacity=1)}
        self.text = TextStampStyle(stamp_text="%(signer)s\n%(ts)s")

    def sign(self, pdf: bytes, page: int) -> bytes:
        """The signed file; the places are on page `page`, from 0."""
        out = pdf
        for at, party in enumerate(PARTIES):
            writer = IncrementalPdfFileWriter(io.BytesIO(out))
            if at == 0:
                for place, name in enumerate(PARTIES):
                    box = (60 + 170 * place, 60, 162 + 170 * place, 162)
                    fields.append_signature_field(writer, SigFieldSpec(name, on_page=page, box=box))
            about = signers.PdfSignatureMetadata(
                field_name=party, certify=at == 0, docmdp_permissions=MDPPerm.FILL_FORMS,
                subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")
            signer = signers.PdfSigner(about, self.signers[party], stamp_style=self.styles.get(party, self.text))
            out = signer.sign_pdf(writer).getvalue()
        return out
