//! The command line. Others script against it: names and exit codes stay.

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Sanfang 三方: the tripartite employment agreement, signed online.
#[derive(Debug, Parser)]
#[command(name = "sanfang", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

impl Cli {
    /// What to do, and where.
    pub fn split(self) -> (Place, Command) {
        (self.place, self.command)
    }
}

/// Where settings and data are; every command takes them.
#[derive(Debug, Args)]
pub struct Place {
    /// A TOML file with settings; SANFANG_<SECTION>__<KEY> in the environment overrides it
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The data folder: keys, files, and the embedded database
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A PostgreSQL URL instead of the embedded database
    #[arg(long, global = true, value_name = "URL")]
    pub database: Option<String>,
}

/// The name of [`Command::ReadUpload`].
pub const READ_UPLOAD: &str = "read-upload";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Read one file from standard input, as the server has it done
    #[command(name = READ_UPLOAD, hide = true)]
    ReadUpload,
    /// Start the server
    Serve {
        /// Address and port [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
    },
    /// Start the server with demo data, on this machine only
    Demo {
        /// Address and port, loopback only [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// Write the demo accounts into this file, as JSON
        #[arg(long, value_name = "FILE")]
        accounts: Option<PathBuf>,
    },
    /// Bring the database up to date
    Migrate,
    /// Check the installation
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Check a sealed file, or the whole database; code 0: valid and ours, 1: not, 2: unreadable
    Verify(Verify),
    /// Documents
    #[command(subcommand)]
    Document(DocumentCommand),
    /// Set up schools, staff and employers
    #[command(subcommand)]
    Admin(Admin),
    /// Rosters of students
    #[command(subcommand)]
    Roster(RosterCommand),
    /// Print the licences of the fonts, icons and scripts that are built in
    #[command(alias = "licenses")]
    Licences,
}

/// What to check.
#[derive(Debug, Args)]
pub struct Verify {
    /// A PDF; nothing of it is sent anywhere
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub file: Option<PathBuf>,
    /// Check the invariants of the database, its audit trail and every document
    #[arg(long)]
    pub all: bool,
    /// Trust these certificates (PEM) instead of this installation's root
    #[arg(long, value_name = "PEM", conflicts_with = "all")]
    pub root: Option<PathBuf>,
    /// Roots of time-stamp authorities (PEM) instead of the configured ones
    #[arg(long, value_name = "PEM", conflicts_with = "all")]
    pub tsa_root: Option<PathBuf>,
    /// Revocation lists (one in DER, or any number in PEM) besides those of this installation
    #[arg(long, value_name = "FILE", conflicts_with = "all")]
    pub crl: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Documents.
#[derive(Debug, Subcommand)]
pub enum DocumentCommand {
    /// Make a sealed sample of demo data, with an authority that is thrown away
    Sample {
        /// Where to write it; the root's certificate is written beside it as FILE.root.pem
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The condition that it shows; a draft is not signed by anybody
        #[arg(long, default_value = "effective")]
        state: SampleState,
    },
    /// Write the evidence of an agreement: a zip that can be checked without Sanfang
    Evidence {
        /// The number of the agreement
        number: String,
        /// Where to write it
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// The condition of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SampleState {
    /// 草稿: with its watermark, and without signatures
    Draft,
    /// 已签约
    Effective,
    /// 已解约: with its watermark
    Terminated,
}

/// Setting up.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Schools
    #[command(subcommand)]
    School(SchoolCommand),
    /// Reviewers of colleges, staff of schools and of the platform
    #[command(subcommand)]
    Staff(StaffCommand),
    /// Employers
    #[command(subcommand)]
    Employer(EmployerCommand),
    /// Keys and certificates of the seal
    #[command(subcommand)]
    Seal(SealCommand),
    /// Accounts
    #[command(subcommand)]
    Account(AccountCommand),
}

/// Accounts.
#[derive(Debug, Subcommand)]
pub enum AccountCommand {
    /// Take the mail address off an account whose owner can no longer read it. Make sure who asks: until another
    /// one is confirmed, the password stands in for codes
    ForgetMail {
        /// Login name; of a student the student number
        #[arg(long)]
        login: String,
        /// Code of the school; none for employers and the platform
        #[arg(long, value_name = "CODE")]
        school: Option<String>,
    },
}

/// The certificate authority of this installation.
#[derive(Debug, Subcommand)]
pub enum SealCommand {
    /// Show the certificates and until when they count
    Show,
    /// Make a new issuing authority; needs the root's key. What the old one issued stays good
    Renew,
    /// Make a new key and certificate for the seal of a school. What was sealed stays good
    RenewSchool {
        /// 院校代码, five digits
        #[arg(long, value_name = "CODE")]
        school: String,
    },
    /// Take over the seal of a school from a PKCS#12 file of another authority; the password is read from
    /// SANFANG_P12_PASSWORD or standard input
    Import {
        /// 院校代码, five digits
        #[arg(long, value_name = "CODE")]
        school: String,
        /// The file (.p12, .pfx)
        file: PathBuf,
    },
    /// Revoke a certificate: what it signed counts no more, but for what a trusted time-stamp shows to be older
    Revoke {
        /// The serial number of the certificate, in hexadecimal digits
        #[arg(required_unless_present = "school", conflicts_with = "school")]
        serial: Option<String>,
        /// 院校代码: revoke the present seal of this school, and make it a new one
        #[arg(long, value_name = "CODE")]
        school: Option<String>,
        /// Why; stands in the revocation list
        #[arg(long)]
        reason: Reason,
    },
}

/// Why a certificate is revoked (RFC 5280, 5.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Reason {
    /// Somebody else may have the key
    KeyCompromise,
    /// What it says of its owner is no longer so
    AffiliationChanged,
    /// Another one took its place
    Superseded,
    /// It is no longer used
    CessationOfOperation,
    /// Not said
    Unspecified,
}

/// Schools.
#[derive(Debug, Subcommand)]
pub enum SchoolCommand {
    /// Create a school
    Create(NewSchool),
}

/// A school to be created.
#[derive(Debug, Args)]
pub struct NewSchool {
    /// 院校代码, five digits
    #[arg(long)]
    pub code: String,
    /// The full name
    #[arg(long)]
    pub name: String,
    /// A short name for narrow places
    #[arg(long)]
    pub short_name: Option<String>,
    /// Whom to contact
    #[arg(long, default_value = "")]
    pub contact: String,
    /// Telephone
    #[arg(long, default_value = "")]
    pub phone: String,
    /// Address
    #[arg(long, default_value = "")]
    pub address: String,
    /// Postcode
    #[arg(long, default_value = "")]
    pub postcode: String,
    /// A graduation year to open; may repeat
    #[arg(long = "year", value_name = "YYYY")]
    pub years: Vec<i32>,
}

/// Staff.
#[derive(Debug, Subcommand)]
pub enum StaffCommand {
    /// Create an account and print its activation link
    Create(NewStaff),
}

/// What a member of staff is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StaffRole {
    /// 学校就业中心
    School,
    /// 院系审核人
    College,
    /// 平台管理员
    Platform,
}

/// A member of staff to be created.
#[derive(Debug, Args)]
pub struct NewStaff {
    /// Code of the school (not for the platform)
    #[arg(long, required_if_eq_any([("role", "school"), ("role", "college")]))]
    pub school: Option<String>,
    /// The role
    #[arg(long)]
    pub role: StaffRole,
    /// College to review for; may repeat; made if missing
    #[arg(long = "college", value_name = "NAME")]
    pub colleges: Vec<String>,
    /// Login name
    #[arg(long)]
    pub login: String,
    /// The person's name
    #[arg(long)]
    pub name: String,
}

/// Employers.
#[derive(Debug, Subcommand)]
pub enum EmployerCommand {
    /// Create a certified employer with an account, and print its activation link
    Create(Box<NewEmployer>),
}

/// An employer to be created.
#[derive(Debug, Args)]
pub struct NewEmployer {
    /// 统一社会信用代码
    #[arg(long)]
    pub uscc: String,
    /// The name, as on the certificate
    #[arg(long)]
    pub name: String,
    /// 单位性质, a code or its name
    #[arg(long, default_value = "39")]
    pub nature: String,
    /// 行业, a code or its name
    #[arg(long, default_value = "34")]
    pub industry: String,
    /// 单位规模, a code or its name
    #[arg(long, default_value = "2")]
    pub scale: String,
    /// Province, a code or its name
    #[arg(long, default_value = "")]
    pub region: String,
    /// Address
    #[arg(long, default_value = "")]
    pub address: String,
    /// Postcode
    #[arg(long, default_value = "")]
    pub postcode: String,
    /// 法定代表人
    #[arg(long, default_value = "")]
    pub legal_person: String,
    /// Telephone of the person to contact
    #[arg(long, default_value = "")]
    pub phone: String,
    /// Mail address of the person to contact
    #[arg(long, default_value = "")]
    pub email: String,
    /// The employer may keep personnel files 有人事档案管理权
    #[arg(long)]
    pub has_personnel_authority: bool,
    /// Code of a school to enter; may repeat
    #[arg(long = "school", value_name = "CODE")]
    pub schools: Vec<String>,
    /// Login name
    #[arg(long)]
    pub login: String,
    /// Name of the person who logs in
    #[arg(long)]
    pub person: String,
}

/// Rosters.
#[derive(Debug, Subcommand)]
pub enum RosterCommand {
    /// Import a roster (csv in UTF-8, or xlsx): all of it or nothing
    Import(Import),
}

/// A roster to be imported.
#[derive(Debug, Args)]
pub struct Import {
    /// The file
    pub file: PathBuf,
    /// Code of the school
    #[arg(long)]
    pub school: String,
    /// Graduation year
    #[arg(long)]
    pub year: i32,
    /// Write student number, name and activation link of every new account into this file (csv, readable
    /// by its owner only)
    #[arg(long, value_name = "FILE")]
    pub activation_out: Option<PathBuf>,
    /// Only check the file
    #[arg(long)]
    pub check: bool,
}
