//! The program, its server and a browser without scripts.

use reqwest::multipart::{Form, Part};
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use scraper::{ElementRef, Html, Selector};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// What a run of the program left.
pub struct Run {
    /// The exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

/// Where a run of the program keeps its data.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The data folder.
    pub data: &'a Path,
    /// A PostgreSQL URL instead of the embedded database.
    pub database: Option<&'a str>,
}

impl<'a, P: AsRef<Path> + ?Sized> From<&'a P> for Place<'a> {
    fn from(data: &'a P) -> Self {
        Self {
            data: data.as_ref(),
            database: None,
        }
    }
}

/// The program over this data.
pub fn command<'a>(place: impl Into<Place<'a>>, args: &[&str]) -> Command {
    let place = place.into();
    let mut command = Command::new(env!("CARGO_BIN_EXE_sanfang"));
    command
        .args(args)
        .arg("--data")
        .arg(place.data)
        .stdin(Stdio::null())
        .env("SANFANG_LOG__LEVEL", "warn");
    if let Some(url) = place.database {
        command.args(["--database", url]);
    }
    command
}

/// Runs the program.
pub fn run<'a>(place: impl Into<Place<'a>>, args: &[&str]) -> Run {
    let output = command(place, args).output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs the program, which has to succeed; what it printed.
pub fn good<'a>(place: impl Into<Place<'a>>, args: &[&str]) -> String {
    let run = run(place, args);
    assert_eq!(run.code, 0, "{args:?}: {}", run.err);
    run.out.trim().to_owned()
}

/// A server that is stopped when this is dropped.
pub struct Server {
    child: Child,
    /// `http://127.0.0.1:port`.
    pub url: String,
}

impl Server {
    /// Starts `sanfang serve` or `sanfang demo` on a free port.
    pub fn start<'a>(place: impl Into<Place<'a>>, args: &[&str]) -> Self {
        let mut command = command(place, args);
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line.split_whitespace().find(|word| word.starts_with("http://"));
        Self {
            url: url.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned(),
            child,
        }
    }

    /// Asks it to stop, as a service manager does; its exit code.
    pub fn stop(mut self) -> Option<i32> {
        let id = self.child.id().to_string();
        Command::new("kill").arg(id).status().unwrap();
        self.child.wait().unwrap().code()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        Browser::new(&self.url)
    }

    /// Ends it as a power cut would: nothing is said, nothing is finished.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A browser: keeps cookies, fills in forms as they stand on a page.
#[derive(Clone)]
pub struct Browser {
    client: Client,
    url: String,
}

/// What came back.
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// Where a redirect leads.
    pub to: String,
    /// The body.
    pub bytes: Vec<u8>,
}

impl Browser {
    /// A browser without cookies at a site.
    pub fn new(url: &str) -> Self {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(Policy::none())
            .no_proxy();
        Self {
            client: client.build().unwrap(),
            url: url.to_owned(),
        }
    }

    /// The same browser, cookies included, when the site has another port.
    pub fn moved(&self, url: &str) -> Self {
        Self {
            client: self.client.clone(),
            url: url.to_owned(),
        }
    }

    async fn send(&self, request: reqwest::RequestBuilder) -> Result<Page, reqwest::Error> {
        let response = request.send().await?;
        let to = response
            .headers()
            .get("location")
            .map(|to| to.to_str().unwrap().to_owned());
        Ok(Page {
            status: response.status(),
            to: to.unwrap_or_default(),
            bytes: response.bytes().await?.to_vec(),
        })
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(self.client.get(format!("{}{path}", self.url)))
            .await
            .unwrap()
    }

    /// Sends fields as they are; an error when the site went away before the answer came.
    pub async fn post(&self, path: &str, fields: &[(String, String)]) -> Result<Page, reqwest::Error> {
        self.send(self.client.post(format!("{}{path}", self.url)).form(fields))
            .await
    }

    /// Sends fields with a file.
    pub async fn post_file(
        &self,
        path: &str,
        fields: &[(String, String)],
        (field, name, bytes): (&str, &str, Vec<u8>),
    ) -> Page {
        let mut form = Form::new();
        for (name, value) in fields {
            form = form.text(name.clone(), value.clone());
        }
        let file = Part::bytes(bytes).file_name(name.to_owned());
        let form = form.part(field.to_owned(), file);
        self.send(self.client.post(format!("{}{path}", self.url)).multipart(form))
            .await
            .unwrap()
    }

    /// A token for the forms of this browser.
    pub async fn token(&self) -> String {
        let page = self.get("/help").await.text();
        let html = Html::parse_document(&page);
        let found = all(&html, "input[name=csrf]");
        found[0].attr("value").unwrap().to_owned()
    }

    /// Fills in the form of a page that goes to `action`, ticks everything in `ticks`, and sends it.
    pub async fn submit(&self, page: &Page, action: &str, ticks: &[&str], typed: &[(&str, &str)]) -> Page {
        let (to, mut fields) = page.form(action, ticks);
        fields.retain(|(name, _)| typed.iter().all(|(other, _)| name != other));
        fields.extend(
            typed
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned())),
        );
        self.post(&to, &fields).await.unwrap()
    }
}

fn all<'h>(html: &'h Html, selector: &str) -> Vec<ElementRef<'h>> {
    html.select(&Selector::parse(selector).unwrap()).collect()
}

impl Page {
    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The first link whose address contains `part`.
    pub fn link(&self, part: &str) -> String {
        self.find_link(part)
            .unwrap_or_else(|| panic!("no link to {part} in {}", self.text()))
    }

    /// The same, if there is one.
    pub fn find_link(&self, part: &str) -> Option<String> {
        let html = Html::parse_document(&self.text());
        let links = all(&html, "a[href]");
        let mut links = links.iter().filter_map(|link| link.attr("href"));
        links.find(|href| href.contains(part)).map(str::to_owned)
    }

    /// Where the form goes whose action contains `action`, and its fields as they stand.
    pub fn form(&self, action: &str, ticks: &[&str]) -> (String, Vec<(String, String)>) {
        let html = Html::parse_document(&self.text());
        let forms = all(&html, "form[action]");
        let form = forms
            .iter()
            .find(|form| form.attr("action").is_some_and(|to| to.contains(action)));
        let form = form.unwrap_or_else(|| panic!("no form to {action} in {}", self.text()));
        let id = form.attr("id");
        let within = |field: &ElementRef<'_>| {
            field.ancestors().any(|node| node.id() == form.id()) || id.is_some() && field.attr("form") == id
        };
        let fields = all(&html, "input[name], select[name], textarea[name]");
        let fields = fields.iter().filter(|field| within(field));
        let values = fields.filter_map(|field| Some((field.attr("name")?.to_owned(), value(field, ticks)?)));
        (
            form.attr("action").unwrap_or_default().to_owned(),
            values.collect(),
        )
    }
}

/// What a browser would send for a field.
fn value(field: &ElementRef<'_>, ticks: &[&str]) -> Option<String> {
    let value = field.attr("value").unwrap_or_default().to_owned();
    match (field.value().name(), field.attr("type").unwrap_or_default()) {
        ("select", _) => {
            let chosen = Selector::parse("option[selected]").unwrap();
            field
                .select(&chosen)
                .next()
                .and_then(|option| option.attr("value"))
                .map(str::to_owned)
        }
        ("textarea", _) => Some(field.text().collect()),
        (_, "checkbox" | "radio") => {
            let ticked = field.attr("name").is_some_and(|name| ticks.contains(&name));
            (ticked || field.attr("checked").is_some()).then_some(value)
        }
        (_, "submit" | "button") => None,
        _ => Some(value),
    }
}
