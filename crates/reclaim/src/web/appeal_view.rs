//! A draft as its page shows it: the form, the preview, what stops it, its packet and who signed.

use askama::Template;
use denial::appeal::{
    Content, Draft, Stop, Unsigned, day, kinds_of, letter_of, may_sign, no_appeal, required, title,
};
use denial::denial::{Channel, Denial, Status};
use denial::letter::{Piece, Values, pieces};
use denial::lifecycle::Act;
use denial::person::{Access, Role, allows, may, supervises};
use denial::rules::Rules;

use crate::drafts;
use crate::fields::Fields;
use crate::packet::{Dossier, Paper, template};
use crate::practice::Office;
use crate::proof_sheet;
use crate::web::appeal::{Known, address, called, standing};
use crate::web::appeal_asked::{self, AskedRow};
use crate::web::appeal_form::{MOST_POINTS, choices};
use crate::web::case_documents;
use crate::web::letters::last_day;
use crate::web::page::Page;
use crate::web::rules_letters::written;
use crate::web::session::Visitor;
use crate::web::timeline::{self, People};
use crate::web::trouble::Trouble;
use crate::web::words::{self, Due};

#[derive(Template)]
#[template(path = "appeal.html")]
pub(super) struct DraftPage {
    page: Page,
    here: String,
    case: String,
    number: String,
    payer: String,
    /// The last day of its way, where a rule says it.
    due: Option<Due>,
    title: String,
    state: String,
    template: String,
    version: u32,
    refused: Option<String>,
    /// What was typed was not saved.
    unsaved: bool,
    /// It may be written on by the visitor.
    writes: bool,
    form: Form,
    preview: Preview,
    wanted: Vec<Wanted>,
    stops: Vec<String>,
    /// The visitor may start the review that it waits for.
    reviews: bool,
    /// An argument is chosen.
    argues: bool,
    packet: Option<PacketView>,
    signed: Option<String>,
    /// When and how it went, and what the payer says to it.
    went: Option<String>,
    voided: Option<String>,
    /// The visitor may sign the packet that stands here.
    signs: bool,
    /// Why the visitor does not sign it, where that is not plain.
    signs_else: Option<String>,
    /// Whom they may ask to sign it in their place: each role with its label.
    signers: Vec<(&'static str, String)>,
    /// What the visitor was asked on the case: signing can answer it.
    asked: Vec<AskedRow>,
    /// The version of the case, for what is asked.
    case_version: u32,
    /// The packet may go.
    sends: bool,
    /// An appeal moves the case; other letters do not.
    moves: bool,
    /// Limits of the payer for the channel, in words.
    limits: Vec<String>,
    routes: Vec<String>,
    /// Why nothing can leave by the outbox now.
    closed_way: Option<String>,
    by_hand: Sending,
    channels: Vec<(&'static str, String, bool)>,
    /// Name of each field and what it comes to here.
    fields: Vec<(String, String)>,
}

/// What a page is shown with beside the draft.
#[derive(Default)]
pub(super) struct Extra {
    pub(super) done: Option<String>,
    pub(super) refused: Option<String>,
    /// What was typed, where it is not what is saved.
    pub(super) typed: Option<Content>,
    /// What was typed of a sending by hand that was refused.
    pub(super) by_hand: Sending,
}

/// How something was sent by hand, as it was typed.
#[derive(Default)]
pub(super) struct Sending {
    by: String,
    on: String,
    confirmation: String,
}

impl Sending {
    pub(super) fn of(fields: &Fields) -> Sending {
        let field = |name: &str| fields.get(name).cloned().unwrap_or_default();
        Sending { by: field("sent_by"), on: field("sent_on"), confirmation: field("confirmation") }
    }
}

struct Form {
    content: Content,
    arguments: Vec<ArgumentRow>,
    points: Vec<PointRow>,
    papers: Vec<PaperRow>,
    supervises: bool,
    /// The remark that leaves no appeal.
    barred: Option<String>,
}

struct ArgumentRow {
    name: String,
    label: String,
    text: String,
    is_used: bool,
}

struct PointRow {
    criterion: String,
    evidence: String,
    exhibit: String,
    page: String,
}

struct PaperRow {
    id: String,
    href: String,
    what: String,
    name: String,
    title: String,
    pages: String,
    place: String,
    /// Its letter in the packet, where it goes along.
    letter: String,
    is_taken: bool,
    is_gone: bool,
}

/// A text with its fields filled in; what is missing is marked.
struct Bit {
    text: String,
    lacks: bool,
}

struct Preview {
    to: Vec<Bit>,
    subject: Vec<Bit>,
    before: Vec<Vec<Bit>>,
    points: Vec<[Vec<Bit>; 3]>,
    policy: Vec<Vec<Bit>>,
    after: Vec<Vec<Bit>>,
    today: String,
    /// The practice and its address, line by line.
    sender: Vec<String>,
    /// Nobody said the practice's address.
    lacks_address: bool,
    /// Who signs, line by line.
    signer: Vec<String>,
    /// Exhibits by their letters.
    enclosed: Vec<String>,
}

/// A document that has to go with it.
struct Wanted {
    what: String,
    /// It can be made from what is on record.
    is_filing_proof: bool,
    state: &'static str,
    class: &'static str,
    from: String,
}

struct PacketView {
    href: String,
    pages: String,
    size: String,
    hash: String,
    built: String,
}

impl DraftPage {
    pub(super) fn of(visitor: &Visitor, known: Known, extra: Extra) -> Result<DraftPage, Trouble> {
        let office = &visitor.office;
        let Known { draft, dossier, people, waits } = known;
        let unsaved = extra.typed.as_ref().is_some_and(|typed| *typed != draft.content);
        let content = extra.typed.unwrap_or_else(|| draft.content.clone());
        let dossier = dossier.with(&content);
        let rules = &office.rules;
        let today = office.moment().today;
        let (case, packet) = (&dossier.case, draft.packet.as_ref());
        let is_open = draft.state.is_open() && !drafts::was_sent(&draft, case) && !waits;
        let shown = Draft { content: content.clone(), ..draft.clone() };
        let stops = if is_open { dossier.stops(&shown, rules, today) } else { Vec::new() };
        let role = office.who.role;
        let is_unsigned = draft.cleared().is_none();
        let is_ready = is_open && packet.is_some() && is_unsigned && stops.is_empty();
        let unsigned = drafts::unsigned(office, case, &draft);
        let sends = is_open && draft.cleared().is_some() && may(role, Act::Appeal);
        let mut page = Page::of(visitor, called(&draft), "/queue");
        page.done = extra.done;
        let zone = &office.clinic.zone;
        let by = |one: &denial::appeal::Signed| {
            let at = words::instant(&store::instant(one.at), zone);
            format!("{}, {at}", timeline::name(&people, one.by.as_str()))
        };
        let admits = |act| case.admit(act, &office.moment(), rules).is_ok();
        let routes = routes(office);
        Ok(DraftPage {
            here: address(case.id.as_str(), draft.id.as_str()),
            case: format!("/cases/{}", case.id),
            due: last_day(&draft, case).map(|by| words::due(Some(by), today)),
            number: case.number.to_string(),
            payer: case.payer_name.name.to_string(),
            title: called(&draft),
            state: standing(&draft, case, waits),
            template: template(rules, &draft).map_or_else(
                || "a template that the rules have no more".to_owned(),
                |one| one.title.to_string(),
            ),
            version: draft.version,
            refused: extra.refused,
            unsaved,
            writes: is_open && may(role, Act::Appeal),
            wanted: wanted(&shown, &dossier, office),
            stops: stops.iter().map(Stop::to_string).collect(),
            packet: packet.map(|one| packet_view(one, &draft, &dossier, (&people, zone))),
            signed: draft.signed.as_ref().map(by),
            went: went(&draft, case),
            voided: draft.voided.as_ref().map(by),
            signs: is_ready && unsigned.is_none(),
            signers: match &unsigned {
                Some(why) if is_ready && admits(Act::AskColleague) => signers(why),
                Some(_) | None => Vec::new(),
            },
            reviews: stops.contains(&Stop::NotInReview(Status::New)) && admits(Act::Review),
            asked: appeal_asked::rows(case, role, &called(&draft)),
            case_version: case.version,
            signs_else: unsigned.filter(|_| is_ready).and_then(signs_else),
            sends,
            moves: draft.kind == denial::letter::LetterKind::Appeal,
            limits: limits(content.channel, case, rules),
            closed_way: routes.as_ref().err().cloned(),
            routes: routes.unwrap_or_default(),
            by_hand: extra.by_hand,
            channels: channels(content.channel),
            argues: !content.arguments.is_empty(),
            fields: fields(&dossier.values),
            preview: preview(&content, &dossier, day(today)),
            form: form(content, &shown, &dossier, office),
            page,
        })
    }
}

/// How an appeal went with a draft's packet, and where it stands since.
fn went(draft: &Draft, case: &Denial) -> Option<String> {
    let packet = &draft.packet.as_ref()?.document;
    let sent = case.appeals.iter().find(|one| one.packet.as_ref() == Some(packet))?;
    let (on, by) = (words::day(sent.filed_on), words::lower(sent.channel.as_str()));
    let number = sent.confirmation.as_ref().map(|one| format!(", confirmation {one}"));
    let stands = match sent.decided {
        Some((on, outcome)) => format!("{} on {}", words::lower(outcome.as_str()), words::day(on)),
        None => "no decision yet".to_owned(),
    };
    Some(format!("{on}, by {by}{}: {stands}", number.unwrap_or_default()))
}

fn signs_else(why: Unsigned) -> Option<String> {
    match why {
        Unsigned::OwnText { limit } => {
            Some(format!("Above {limit} somebody signs who did not write it."))
        }
        Unsigned::Role | Unsigned::NoChannel => Some(words::sentence(&why.to_string())),
        Unsigned::OtherPacket => None,
    }
}

/// The roles that may sign where somebody may not.
fn signers(why: &Unsigned) -> Vec<(&'static str, String)> {
    if !matches!(why, Unsigned::OwnText { .. } | Unsigned::Role) {
        return Vec::new();
    }
    let signs = |role: &&Role| may_sign(**role) && may(**role, Act::Answer);
    let row = |role: &Role| (role.as_str(), words::label(role.as_str()));
    Role::ALL.iter().filter(signs).map(row).collect()
}

/// The ways out by name, or why nothing can leave by any.
fn routes(office: &Office) -> Result<Vec<String>, String> {
    let routes = crate::outbox::route::routes(office).map_err(|fault| format!("{fault:#}"))?;
    Ok(routes.into_iter().map(|one| one.name).collect())
}

/// What the payer takes by the channel that is chosen.
fn limits(by: Option<Channel>, case: &Denial, rules: &Rules) -> Vec<String> {
    let Some(by) = by else {
        return vec!["No channel is chosen, so no limit of the payer is checked.".to_owned()];
    };
    let name = words::lower(by.as_str());
    let Some(rule) = rules.channel(&case.payer_name, case.plan, by) else {
        let payer = &case.payer_name.name;
        return vec![format!(
            "Not configured: the rules do not say what {payer} takes by {name}. Ask it, and have it \
             added to the payer's rules."
        )];
    };
    let to = if rule.to.is_empty() { String::new() } else { format!(" to {}", rule.to) };
    let limits = rule.limits();
    let limits = if limits.is_empty() { "no limit configured".to_owned() } else { limits };
    vec![format!("By {name}{to}: {limits} ({}, {}).", rule.source, rule.as_of)]
}

fn channels(chosen: Option<Channel>) -> Vec<(&'static str, String, bool)> {
    let all = [Channel::Portal, Channel::Fax, Channel::Mail, Channel::Edi];
    let row = |one: Channel| (one.as_str(), words::label(one.as_str()), chosen == Some(one));
    all.into_iter().map(row).collect()
}

fn fields(values: &Values) -> Vec<(String, String)> {
    values.iter().map(|(field, value)| (written(*field), value.clone())).collect()
}

fn packet_view(
    one: &denial::appeal::Built,
    draft: &Draft,
    dossier: &Dossier,
    (people, zone): (&People, &str),
) -> PacketView {
    let at = words::instant(&store::instant(one.at), zone);
    let kilobytes = one.bytes.div_ceil(1024);
    PacketView {
        href: format!("{}/packet", address(dossier.case.id.as_str(), draft.id.as_str())),
        pages: words::counted(i64::from(one.pages), "page", "pages"),
        size: format!("{} KB", words::number(i64::try_from(kilobytes).unwrap_or(i64::MAX))),
        hash: one.hash.clone(),
        built: format!("{}, {at}", timeline::name(people, one.by.as_str())),
    }
}

/// What has to go with it: whether it is asked for, came, and goes along; who brings it.
fn wanted(draft: &Draft, dossier: &Dossier, office: &Office) -> Vec<Wanted> {
    let case = &dossier.case;
    let around = dossier.around(draft, &office.rules, office.moment().today);
    let taken = kinds_of(&draft.content, case);
    let from = case_documents::supplier(case, &office.rules);
    let makes = allows(office.who.role, Access::Claims);
    let row = |what: smol_str::SmolStr| {
        let here = case.documents.iter().any(|one| one.what == what);
        let (state, class) = if taken.contains(&&what) {
            ("goes along", "here")
        } else if here {
            ("received, not chosen", "absent")
        } else {
            ("missing", "absent")
        };
        let is_filing_proof = makes && what == proof_sheet::WHAT;
        Wanted { what: title(&what), is_filing_proof, state, class, from: from.clone() }
    };
    required(&around).into_iter().map(row).collect()
}

fn form(content: Content, draft: &Draft, dossier: &Dossier, office: &Office) -> Form {
    let barred = no_appeal(&dossier.case, &office.rules);
    let barred = barred.filter(|_| draft.kind == denial::letter::LetterKind::Appeal);
    Form {
        arguments: arguments(&content, draft, office),
        points: points(&content),
        papers: papers(&content, dossier),
        supervises: supervises(office.who.role),
        barred: barred.map(|code| code.to_string()),
        content,
    }
}

/// Those of the template, then those that it has no more, then one of one's own.
fn arguments(content: &Content, draft: &Draft, office: &Office) -> Vec<ArgumentRow> {
    let offered = template(&office.rules, draft).map(|one| one.arguments.as_slice());
    let offered = offered.unwrap_or_default();
    let chosen = |name: &str| content.arguments.iter().find(|one| one.name == name);
    let row = |name: &str, label: &str, text: &str| {
        let used = chosen(name);
        ArgumentRow {
            name: name.to_owned(),
            label: label.to_owned(),
            text: used.map_or_else(|| text.to_owned(), |one| one.text.clone()),
            is_used: used.is_some(),
        }
    };
    let mut rows: Vec<ArgumentRow> =
        offered.iter().map(|one| row(&one.name, &one.label, &one.text)).collect();
    for one in &content.arguments {
        if one.name != OWN && !rows.iter().any(|row| row.name == one.name) {
            rows.push(row(&one.name, &words::label(&one.name), &one.text));
        }
    }
    rows.push(row(OWN, "An argument of your own", ""));
    rows
}

/// What an argument that is in no template is called.
const OWN: &str = "own";

/// The rows, and two more to write in.
fn points(content: &Content) -> Vec<PointRow> {
    let number = |one: u32| if one == 0 { String::new() } else { one.to_string() };
    let row = |one: &denial::appeal::Point| PointRow {
        criterion: one.criterion.clone(),
        evidence: one.evidence.clone(),
        exhibit: number(u32::from(one.exhibit)),
        page: number(one.page),
    };
    let mut rows: Vec<PointRow> = content.points.iter().map(row).collect();
    let room = rows.len() + 2;
    rows.resize_with(room.min(MOST_POINTS).max(rows.len()), || PointRow {
        criterion: String::new(),
        evidence: String::new(),
        exhibit: String::new(),
        page: String::new(),
    });
    rows
}

fn papers(content: &Content, dossier: &Dossier) -> Vec<PaperRow> {
    let row = |id: denial::ids::DocumentId| {
        let paper = dossier.paper(&id);
        let at = content.exhibits.iter().position(|one| one.document == id);
        let chosen = at.and_then(|at| content.exhibits.get(at));
        let what = paper.map(|one: &Paper| title(&one.what)).unwrap_or_default();
        PaperRow {
            href: format!("/cases/{}/documents/{id}", dossier.case.id),
            id: id.to_string(),
            name: paper.map(|one| one.name.clone()).unwrap_or_default(),
            title: chosen.map_or_else(|| what.clone(), |one| one.title.clone()),
            pages: chosen.map(|one| one.pages.clone()).unwrap_or_default(),
            place: at.map(|at| (at + 1).to_string()).unwrap_or_default(),
            letter: at.map(letter_of).unwrap_or_default(),
            is_taken: chosen.is_some(),
            is_gone: paper.is_none(),
            what,
        }
    };
    let rows: Vec<PaperRow> = choices(content, &dossier.papers).into_iter().map(row).collect();
    rows
}

fn preview(content: &Content, dossier: &Dossier, today: String) -> Preview {
    let values = &dossier.values;
    let all = |text: &str| paragraphs(text, values);
    let mut before = all(&content.opening);
    for one in &content.arguments {
        before.extend(all(&one.text));
    }
    let point = |one: &denial::appeal::Point| {
        let place = match (one.exhibit, one.page) {
            (0, _) => String::new(),
            (exhibit, 0) => format!("Exhibit {}", letter_of(usize::from(exhibit) - 1)),
            (exhibit, page) => {
                format!("Exhibit {}, page {page}", letter_of(usize::from(exhibit) - 1))
            }
        };
        let place = Bit { text: place, lacks: false };
        [bits(&one.criterion, values), bits(&one.evidence, values), vec![place]]
    };
    let enclosed = |(at, one): (usize, &denial::appeal::Exhibit)| {
        format!("Exhibit {}: {}", letter_of(at), dossier.filled(&one.title))
    };
    Preview {
        to: bits(&content.to, values),
        subject: bits(&content.subject, values),
        before,
        points: content.points.iter().map(point).collect(),
        policy: all(&content.policy),
        after: all(&content.closing),
        today,
        sender: std::iter::once(&dossier.practice).chain(&dossier.letterhead).cloned().collect(),
        lacks_address: dossier.letterhead.is_empty(),
        signer: dossier.filled(&content.signer).lines().map(str::to_owned).collect(),
        enclosed: content.exhibits.iter().enumerate().map(enclosed).collect(),
    }
}

fn paragraphs(text: &str, values: &Values) -> Vec<Vec<Bit>> {
    let parts = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty());
    parts.map(|part| bits(part, values)).collect()
}

fn bits(text: &str, values: &Values) -> Vec<Bit> {
    let bit = |piece: Piece<'_>| match piece {
        Piece::Text(text) => Bit { text: text.to_owned(), lacks: false },
        Piece::Field(field) => match values.get(&field) {
            Some(value) => Bit { text: value.clone(), lacks: false },
            None => Bit { text: written(field), lacks: true },
        },
        Piece::Unknown(within) => Bit { text: format!("{{{{{within}}}}}"), lacks: true },
        Piece::Note(within) => Bit { text: format!("[[{within}]]"), lacks: true },
    };
    pieces(text).into_iter().map(bit).collect()
}
