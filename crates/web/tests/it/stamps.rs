//! A time-stamp authority on this machine: `openssl ts` behind HTTP (RFC 3161, 3.4).

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use domain::ports::Env;
use seal::{Http, Stamper, read_certificates};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const CONFIG: &str = "[ tsa ]\ndefault_tsa = t\n[ t ]\nserial = serial\ncrypto_device = builtin\n\
    signer_digest = sha256\ndefault_policy = 1.2.3.4.1\ndigests = sha256\naccuracy = secs:1\nordering = no\n\
    tsa_name = no\ness_cert_id_chain = no\ness_cert_id_alg = sha256\n";
const EXTENSIONS: &str = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n\
    extendedKeyUsage=critical,timeStamping\n";
const COMMANDS: [&str; 3] = [
    "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=Stamp-Root \
     -addext keyUsage=critical,keyCertSign,cRLSign -keyout root.key -out root.pem -days 30",
    "req -new -nodes -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -subj /CN=Stamp-Authority \
     -keyout tsa.key -out tsa.csr",
    "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20 -extfile ext.cnf -out tsa.pem",
];
const REPLY: &str = "ts -reply -config tsa.cnf -queryfile request.tsq -signer tsa.pem -inkey tsa.key \
    -chain root.pem -out answer.tsr";

fn openssl(folder: &Path, command: &str) {
    let ran = Command::new("openssl")
        .current_dir(folder)
        .args(command.split_whitespace())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{command}: {said}");
}

/// An authority that answers; its folder goes with it.
pub struct Authority {
    folder: Arc<tempfile::TempDir>,
    url: String,
}

impl Authority {
    /// Begins to answer on a free port.
    pub async fn open() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        for (name, text) in [("tsa.cnf", CONFIG), ("ext.cnf", EXTENSIONS), ("serial", "01\n")] {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        for command in COMMANDS {
            openssl(folder.path(), command);
        }
        let at = folder.clone();
        let answer = async move |question: Bytes| {
            std::fs::write(at.path().join("request.tsq"), question).unwrap();
            openssl(at.path(), REPLY);
            std::fs::read(at.path().join("answer.tsr")).unwrap()
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let router = Router::new().route("/", post(answer));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { folder, url }
    }

    /// Asks it as the program does.
    pub fn stamper(&self, env: &Env) -> Stamper {
        let root = std::fs::read_to_string(self.folder.path().join("root.pem")).unwrap();
        let roots = read_certificates(&root).unwrap();
        let post = Box::new(Http::new(Duration::from_secs(10)));
        Stamper::new(vec![self.url.clone()], roots, post, env.clone())
    }
}
