//! Files that strangers bring to be verified: whatever they do, they do it in a process that may break.

use crate::documents::sample;
use crate::support::{Browser, Page, Server};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::time::{Duration, Instant};

/// A PDF whose objects from the third on are these streams of objects.
fn pdf(streams: &[Vec<u8>]) -> Vec<u8> {
    let mut file = b"%PDF-1.7\n".to_vec();
    let mut places = Vec::new();
    for plain in ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[]/Count 0>>"] {
        places.push(file.len());
        let text = format!("{} 0 obj\n{plain}\nendobj\n", places.len());
        file.extend(text.as_bytes());
    }
    for stream in streams {
        places.push(file.len());
        let head = format!(
            "{} 0 obj\n<</Type/ObjStm/N 1/First 7/Filter/FlateDecode/Length {}>>\nstream\n",
            places.len(),
            stream.len()
        );
        file.extend(head.as_bytes());
        file.extend(stream);
        file.extend(b"\nendstream\nendobj\n");
    }
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        writeln!(table, "{place:010} 00000 n ").unwrap();
    }
    let (start, size) = (file.len(), places.len() + 1);
    write!(
        table,
        "trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    )
    .unwrap();
    file.extend(table.as_bytes());
    file
}

/// A stream of one object.
fn packed(object: u32, content: &[u8]) -> Vec<u8> {
    let mut packer = ZlibEncoder::new(Vec::new(), Compression::best());
    write!(packer, "{object:04} 0 ").unwrap();
    packer.write_all(content).unwrap();
    packer.finish().unwrap()
}

async fn bring(browser: &Browser, bytes: Vec<u8>) -> Page {
    let token = browser.token().await;
    let fields = [("csrf".to_owned(), token)];
    browser
        .post_file("/v", &fields, ("file", "协议书.pdf", bytes))
        .await
}

/// How much memory the server takes, in bytes.
fn memory(server: &Server) -> usize {
    let status = fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
    let peak = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    peak.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[tokio::test]
async fn a_file_that_takes_too_much_memory_or_time_gets_a_verdict_and_the_server_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("data"), &["serve"]);
    let browser = server.browser();

    // Sealed, but by somebody else: judged in the other process, with our roots.
    let (sealed, _) = sample(folder.path(), "effective");
    let page = bring(&browser, fs::read(sealed).unwrap()).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("签名证书不是本系统签发的"),
        "{}",
        page.text()
    );
    let before = memory(&server);

    // 30 kB that stand for 15 million numbers.
    let memory_bomb = pdf(&[packed(9, format!("[{}]", "0 ".repeat(15_000_000)).as_bytes())]);
    assert!(memory_bomb.len() < 100_000);
    // 9 MB that stand for 9 GB of blanks, none of which is kept.
    let blanks = [" ".repeat(31 << 20), "0".into()].concat();
    let slow: Vec<_> = vec![packed(9, blanks.as_bytes()); 280];
    let slow = pdf(&slow);
    assert!(slow.len() < 10 << 20, "{}", slow.len());
    for (what, file) in [("memory", memory_bomb), ("time", slow)] {
        let begun = Instant::now();
        let page = bring(&browser, file).await;
        let text = page.text();
        assert_eq!(page.status, 200, "{what}: {text}");
        assert!(text.contains("这个文件无法在限度内检查"), "{what}: {text}");
        assert!(begun.elapsed() < Duration::from_secs(29), "{what}");
    }
    let grown = memory(&server).saturating_sub(before);
    assert!(grown < 96 << 20, "the server itself took {grown} bytes more");
    assert_eq!(browser.get("/v").await.status, 200);
}
