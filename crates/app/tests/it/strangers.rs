//! Files that strangers bring to be verified: whatever they do, they do it in a process that may break.

use crate::documents::sample;
use crate::support::{Browser, Page, Run, Server, command};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::thread::sleep;
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

/// Files that stand for much more than they are, and what they take.
fn bombs() -> [(&'static str, Vec<u8>); 2] {
    // 30 kB that stand for 15 million numbers.
    let memory = pdf(&[packed(9, format!("[{}]", "0 ".repeat(15_000_000)).as_bytes())]);
    assert!(memory.len() < 100_000);
    // 9 MB that stand for 9 GB of blanks, none of which is kept.
    let blanks = [" ".repeat(31 << 20), "0".into()].concat();
    let slow: Vec<_> = vec![packed(9, blanks.as_bytes()); 280];
    let slow = pdf(&slow);
    assert!(slow.len() < 10 << 20, "{}", slow.len());
    [("memory", memory), ("time", slow)]
}

async fn bring(browser: &Browser, bytes: Vec<u8>) -> Page {
    let token = browser.token().await;
    let fields = [("csrf".to_owned(), token)];
    browser
        .post_file("/v", &fields, ("file", "协议书.pdf", bytes))
        .await
}

/// The most memory that a process has taken, in bytes; nothing when it has ended.
fn peak(process: u32) -> Option<usize> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(peak.split_whitespace().nth(1)?.parse::<usize>().ok()? * 1024)
}

/// The same of the server.
fn memory(server: &Server) -> usize {
    peak(server.id()).unwrap()
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

    for (what, file) in bombs() {
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

/// Runs `sanfang verify`; the most memory that it took itself, in bytes, the process that reads the file apart.
fn verify(file: &Path, args: &[&str]) -> (Run, usize) {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(folder.path(), &["verify", file.to_str().unwrap()])
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut most = 0;
    while child.try_wait().unwrap().is_none() {
        most = most.max(peak(child.id()).unwrap_or(0));
        sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    let run = Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    };
    (run, most)
}

#[test]
fn the_command_line_gives_such_a_file_up_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let (sealed, root) = sample(folder.path(), "effective");
    let root = ["--root", root.to_str().unwrap()];
    let (good, usual) = verify(&sealed, &root);
    assert_eq!(good.code, 0, "{}{}", good.out, good.err);
    for (what, bytes) in bombs() {
        let (file, length) = (folder.path().join(what), bytes.len());
        fs::write(&file, bytes).unwrap();
        let begun = Instant::now();
        let (told, most) = verify(&file, &root);
        assert_eq!(told.code, 2, "{what}: {}{}", told.out, told.err);
        assert!(
            told.out.contains("无法读取 unreadable")
                && told.out.contains("cannot be checked within the limits"),
            "{what}: {}",
            told.out
        );
        assert!(begun.elapsed() < Duration::from_secs(29), "{what}");
        assert!(
            most > 0 && most < usual + (64 << 20),
            "{what}: {most} bytes in its own process"
        );
        let json = verify(&file, &[&root[..], &["--json"]].concat()).0;
        let report: serde_json::Value = serde_json::from_str(&json.out).unwrap();
        assert_eq!(
            (
                json.code,
                &report["verdict"],
                &report["reason"],
                &report["ours"],
                &report["size"]
            ),
            (
                2,
                &"unreadable".into(),
                &"beyond_limits".into(),
                &false.into(),
                &length.into()
            ),
            "{what}: {report:#}"
        );
    }
}

#[test]
fn a_file_longer_than_any_of_ours_is_not_held_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("long.pdf");
    let length = 512 << 20;
    fs::File::create(&file).unwrap().set_len(length).unwrap();
    let (told, most) = verify(&file, &["--json"]);
    let report: serde_json::Value = serde_json::from_str(&told.out).unwrap();
    assert_eq!(
        (told.code, &report["reason"], &report["size"]),
        (2, &"too_large".into(), &length.into())
    );
    assert_eq!(
        report["sha256"],
        "9acca8e8c22201155389f65abbf6bc9723edc7384ead80503839f49dcc56d767"
    );
    assert!(most < 160 << 20, "{most} bytes");
}
