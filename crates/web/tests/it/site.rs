//! A running site and browsers that visit it.

use crate::cast::{self, Cast};
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, StatusCode};
use scraper::{Html, Selector};
use std::net::SocketAddr;
use std::time::Duration;
use store::testing::World;
use tokio::net::TcpListener;
use web::auth::password::Cost;
use web::{App, Config, Demo, Neighbours};

/// The one answer that captchas take on most sites here.
pub const CAPTCHA: &str = "2468";

/// A site on a loopback port.
pub struct Site {
    /// Its world: the store and the clock.
    pub world: World,
    /// Who there is.
    pub cast: Cast,
    address: SocketAddr,
}

impl Site {
    /// With demo mode's captcha, so that tests can log in.
    pub async fn open(world: World) -> Self {
        Self::with(world, |config| {
            config.demo = Some(Demo {
                captcha: CAPTCHA.into(),
            });
        })
        .await
    }

    /// With the settings changed.
    pub async fn with(world: World, change: impl FnOnce(&mut Config)) -> Self {
        let neighbours = Neighbours {
            judge: Some(crate::verify::pades(&world.env)),
            ..Neighbours::default()
        };
        Self::beside(world, neighbours, change).await
    }

    /// With neighbours, and the settings changed.
    pub async fn beside(world: World, neighbours: Neighbours, change: impl FnOnce(&mut Config)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut config = Config::loopback(&address.to_string());
        config.password_cost = Cost::FLOOR;
        change(&mut config);
        let app = App::new(world.store.clone(), config, neighbours).unwrap();
        let cast = cast::invite(&world).await;
        tokio::spawn(web::serve(listener, app, std::future::pending()));
        Self { world, cast, address }
    }

    /// `http://127.0.0.1:port`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A browser without cookies.
    pub fn browser(&self) -> Browser {
        let client = Client::builder()
            .cookie_store(true)
            .redirect(Policy::none())
            .no_proxy();
        Browser {
            client: client.build().unwrap(),
            base: self.base(),
        }
    }

    /// A browser in which somebody is signed in.
    pub async fn signed_in(&self, who: &cast::Login) -> Browser {
        let browser = self.browser();
        let page = browser.log_in(who, cast::PASSWORD).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{} cannot log in", who.login);
        browser
    }

    /// Time passes.
    pub fn wait(&self, seconds: u64) {
        self.world.clock.advance(Duration::from_secs(seconds));
    }
}

/// A browser: keeps cookies, follows nothing by itself.
pub struct Browser {
    client: Client,
    base: String,
}

/// What came back.
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Browser {
    /// A request to be changed before it is sent.
    pub fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.base))
    }

    /// Asks for a page.
    pub async fn get(&self, path: &str) -> Page {
        send(self.request(reqwest::Method::GET, path)).await
    }

    /// Posts fields as they are.
    pub async fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        send(self.request(reqwest::Method::POST, path).form(fields)).await
    }

    /// Posts fields with a token from a page of ours.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = self.token().await;
        let mut all = vec![("csrf", token.as_str())];
        all.extend_from_slice(fields);
        self.post_bare(path, &all).await
    }

    /// A token of this browser.
    pub async fn token(&self) -> String {
        self.get("/help").await.attr("input[name=csrf]", "value")
    }

    /// Fills in a login page. The employer's asks for a captcha.
    pub async fn log_in(&self, who: &cast::Login, password: &str) -> Page {
        let page = self.get(who.door).await;
        let token = page.attr("form.fields input[name=csrf]", "value");
        let captcha = page.find("input[name=captcha_id]", "value").unwrap_or_default();
        let school = who.school.clone().unwrap_or_default();
        let fields = [
            ("csrf", token.as_str()),
            ("login", &who.login),
            ("school", &school),
            ("password", password),
            ("captcha_id", &captcha),
            ("captcha", CAPTCHA),
        ];
        self.post_bare(who.door, &fields).await
    }
}

async fn send(request: RequestBuilder) -> Page {
    let response = request.send().await.expect("the site answers");
    let (status, headers) = (response.status(), response.headers().clone());
    Page {
        status,
        headers,
        text: response.text().await.unwrap(),
    }
}

/// Sends a request that a test has changed.
pub async fn sent(request: RequestBuilder) -> Page {
    send(request).await
}

impl Page {
    /// A header's text; empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    }

    /// Where a redirect leads.
    pub fn to(&self) -> &str {
        self.header("location")
    }

    /// The cookies that it sets.
    pub fn cookies(&self) -> Vec<String> {
        self.headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(text_of)
            .collect()
    }

    /// The attribute of the first element that a selector finds.
    pub fn find(&self, selector: &str, attribute: &str) -> Option<String> {
        let html = Html::parse_document(&self.text);
        let element = html.select(&Selector::parse(selector).unwrap()).next()?;
        element.attr(attribute).map(str::to_owned)
    }

    /// The same, which has to be there.
    pub fn attr(&self, selector: &str, attribute: &str) -> String {
        self.find(selector, attribute)
            .unwrap_or_else(|| panic!("no {selector} {attribute} in {}: {}", self.status, self.text))
    }

    /// The text of the first element that a selector finds; empty when there is none.
    pub fn says(&self, selector: &str) -> String {
        let html = Html::parse_document(&self.text);
        let found = html.select(&Selector::parse(selector).unwrap()).next();
        found
            .map(|element| element.text().collect::<String>().trim().to_owned())
            .unwrap_or_default()
    }

    /// How much a selector finds.
    pub fn count(&self, selector: &str) -> usize {
        Html::parse_document(&self.text)
            .select(&Selector::parse(selector).unwrap())
            .count()
    }

    /// Whether a selector finds anything.
    pub fn has(&self, selector: &str) -> bool {
        Html::parse_document(&self.text)
            .select(&Selector::parse(selector).unwrap())
            .next()
            .is_some()
    }
}

fn text_of(value: &HeaderValue) -> Option<String> {
    value.to_str().ok().map(str::to_owned)
}
