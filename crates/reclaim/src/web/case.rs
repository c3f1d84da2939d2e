//! One case: what happened, what to do, and every act on it.

use std::collections::HashSet;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use denial::appeal::Draft;
use denial::completeness::{Fact, Record};
use denial::denial::Denial;
use denial::lifecycle::{Act, Refused};
use denial::person::{Access, Moment, allows};
use denial::remitted::Remitted;
use denial::rules::Rules;
use denial::triage::Advice;
use insight::odds::History;
use serde_json::json;
use store::causes::UsualCause;

use crate::access;
use crate::act::{self, Failed};
use crate::documents::Received;
use crate::fields::{self, Fields};
use crate::outbox::filing;
use crate::practice::Office;
use crate::web::about::{About, AnswerView};
use crate::web::act_words;
use crate::web::asking::{self, Answered};
use crate::web::case_alike::Alike;
use crate::web::case_appeals::Appeals;
use crate::web::case_chain::{Chain, Sibling};
use crate::web::case_checklist::{Around, Checklist};
use crate::web::case_codes::CaseCodes;
use crate::web::case_correction::CorrectionView;
use crate::web::case_documents::{self, Paper};
use crate::web::case_evidence::{self, Proof};
use crate::web::case_fields::Kind;
use crate::web::case_forms::{ActForm, Desk};
use crate::web::case_keys::{self, ShutKey};
use crate::web::case_lacks;
use crate::web::case_payer::PayerView;
use crate::web::case_posting::PostingView;
use crate::web::case_requests::Letters;
use crate::web::case_resent::{Awaited, ResentView};
use crate::web::case_timeline::{Timeline, Wanted};
use crate::web::case_undo;
use crate::web::case_view::{self, CaseView, LineView, PatientView, Spoken};
use crate::web::case_ways::{WaysView, ways_of};
use crate::web::claim::{self, VersionView};
use crate::web::gate::Posted;
use crate::web::hold::Holds;
use crate::web::page::{Page, html_with};
use crate::web::payer::{self, CardView};
use crate::web::protection::Protection;
use crate::web::reach::{self, Opened};
use crate::web::session::Visitor;
use crate::web::status::Standing;
use crate::web::timeline::{self, People, Told};
use crate::web::trouble::Trouble;
use crate::web::words;
use crate::{drafts, outcomes, posting, secondary};

#[derive(Template)]
#[template(path = "case.html")]
struct CasePage {
    page: Page,
    case: CaseView,
    patient: Option<PatientView>,
    services: String,
    lines: Vec<LineView>,
    codes: CaseCodes,
    spoken: Vec<Spoken>,
    answers: Vec<AnswerView>,
    postings: Vec<PostingView>,
    papers: Vec<Paper>,
    proofs: Vec<Proof>,
    /// A sheet of evidence may be put beside it.
    attaches: bool,
    timeline: Timeline,
    checklist: Checklist,
    appeals: Appeals,
    sent: Vec<String>,
    chain: Chain,
    alike: Alike,
    payer: Option<PayerView>,
    /// What its payer was asked and answered.
    standing: Standing,
    /// How its payer is reached, and where more of that stands.
    card: CardView,
    payer_page: Option<String>,
    /// Letters of the payer that are no denials.
    letters: Letters,
    /// What went to the payer again and has no answer yet.
    resent: Option<ResentView>,
    /// That is awaited, and leads.
    waits: bool,
    /// Questions that were answered, the newest first.
    answered: Vec<Answered>,
    /// The way to the correction of its claim.
    correction: Option<CorrectionView>,
    /// Its ways forward, while it is open.
    ways: Option<WaysView>,
    /// The visitor may change the rules.
    keeps_rules: bool,
    /// The visitor may plan its next action now.
    plans_ways: bool,
    /// The visitor may write letters to the payer.
    writes_letters: bool,
    forms: Vec<ActForm>,
    /// A write-off waits for the visitor's word.
    approves: bool,
    /// Keys that do nothing now.
    shut: Vec<ShutKey>,
    /// Why the last act was not done.
    refused: Option<String>,
    /// What others did since the visitor opened the case, where that is why.
    meanwhile: Vec<Told>,
    /// What was done last, where the visitor can take it back.
    undo: Option<String>,
    /// Other cases of the claim.
    siblings: Vec<Sibling>,
    /// Remittances may be opened.
    remittances: bool,
    /// They may open the page of a question.
    questions: bool,
    /// Groups of facts that the record has, of so many, and what is missing in words.
    whole: (usize, usize),
    missing: Vec<&'static str>,
    /// Where the claim is shown as it was billed.
    claim: Option<String>,
    /// By what it is open to the visitor, where it is not theirs.
    opened: Option<Opened>,
    protection: Protection,
    holds: Holds,
    /// Where those who audit see who has seen it.
    seen: Option<String>,
}

/// Everything that the page is made of.
struct Loaded {
    case: Denial,
    /// What came of such cases.
    history: History,
    people: People,
    patient: Option<PatientView>,
    services: String,
    lines: Vec<LineView>,
    codes: CaseCodes,
    spoken: Vec<Spoken>,
    answers: Vec<AnswerView>,
    postings: Vec<PostingView>,
    papers: Vec<Paper>,
    proofs: Vec<Proof>,
    timeline: Timeline,
    versions: Vec<VersionView>,
    alike: Alike,
    undo: Option<String>,
    answered: Vec<Answered>,
    siblings: Vec<Sibling>,
    missing: Vec<Fact>,
    letters: Letters,
    card: CardView,
    awaited: Option<Awaited>,
    standing: Standing,
    correction: Option<CorrectionView>,
    ways: Option<WaysView>,
    usual: Vec<UsualCause>,
    remitted: Vec<Remitted>,
    opened: Option<Opened>,
    protection: Protection,
    holds: Holds,
    drafts: Vec<Draft>,
    /// Packets that are in the outbox.
    queued: HashSet<String>,
}

/// Root causes that are offered.
const USUAL_CAUSES: i64 = 10;

/// `GET /cases/{id}`: looking at a patient's case is on record before it is shown.
pub(crate) async fn page(
    visitor: Visitor,
    Path(id): Path<String>,
    Query(asked): Query<Fields>,
) -> Result<Response, Trouble> {
    let loaded = load(&visitor.office, &id, &Wanted::of(&asked)).await?;
    asking::seen(&visitor.office, &id, None).await?;
    let mut shown = shown(&visitor, loaded, None, None);
    shown.page.done = asked.get("done").and_then(|act| act_words::done(act));
    html_with(StatusCode::OK, &shown)
}

/// Notes that somebody looks at a case.
async fn view(office: &Office, id: &str) -> Result<(), Trouble> {
    Ok(access::note(office, id, "case.viewed", &json!({})).await?)
}

/// Reads the case, and notes that somebody looks at it. Whoever writes waits for their turn: the
/// case is read meanwhile, and shown once both are done.
async fn load(office: &Office, id: &str, wanted: &Wanted) -> Result<Loaded, Trouble> {
    let mut tx = office.read().await?;
    let case = reach::seen(&mut tx, office, id).await?;
    let (loaded, ()) = tokio::try_join!(read(tx, office, case, wanted), view(office, id))?;
    Ok(loaded)
}

async fn read(
    mut tx: store::Tx,
    office: &Office,
    case: Denial,
    wanted: &Wanted,
) -> Result<Loaded, Trouble> {
    let id = case.id.as_str();
    let people = timeline::people(&mut tx).await?;
    let about = About::of(&mut tx, office, case.claim.as_str()).await?;
    let siblings = tx.cases_of(&about.claims).await?;
    let siblings = siblings.iter().filter(|one| one.id != case.id && office.sees(one));
    let history = outcomes::like(&mut tx, &case, &office.rules).await?;
    let zone = &office.clinic.zone;
    let opened = reach::opened(&mut tx, office, &case).await?;
    let happened = tx.timeline(id).await?;
    let names = timeline::names(&mut tx, &people, &happened).await?;
    let bills = allows(office.who.role, Access::Claims);
    let versions = if bills {
        claim::versions(&mut tx, &about.claims, about.hides(office)).await?
    } else {
        Vec::new()
    };
    let hides = about.hides(office);
    // A letter names its patient.
    let shows = about.names_are_shown(office);
    let drafts = if shows { tx.drafts_of(id).await? } else { Vec::new() };
    let queued =
        if drafts.is_empty() { HashSet::new() } else { drafts::queued(&mut tx, &case).await? };
    let awaited = Awaited::of(&mut tx, office, &case).await?;
    let in_time = filing::in_time(&mut tx, office, &case, &about.claims).await?;
    let covers = secondary::covered(&mut tx, office, &about.claims).await?;
    let record = Record {
        case: &case,
        claim: about.billed.as_ref(),
        payment: about.payment.as_ref(),
        rules: &office.rules,
    };
    Ok(Loaded {
        opened,
        protection: Protection::of(&mut tx, office, &case).await?,
        holds: Holds::of(&mut tx, office, &case, &people).await?,
        letters: Letters::of(&mut tx, office, &case, shows).await?,
        card: CardView::of_case(&mut tx, office, &case, &people).await?,
        drafts,
        queued,
        missing: record.missing(),
        correction: CorrectionView::of(&mut tx, office, &case, &people).await?,
        ways: ways_of(&case, &about, (awaited.as_ref(), in_time, covers), (office, &history)),
        awaited,
        standing: Standing::of(&mut tx, office, &case, &people).await?,
        remitted: remitted(&mut tx, office, &case).await?,
        usual: tx.usual_root_causes(&case, USUAL_CAUSES).await?,
        patient: about.patient(office, &format!("/cases/{id}")),
        services: case_view::services(&case),
        proofs: match bills {
            true => case_evidence::proofs(&mut tx, about.billed.as_ref()).await?,
            false => Vec::new(),
        },
        codes: CaseCodes::of(&mut tx, &case, about.billed.as_ref(), bills, hides).await?,
        lines: case_view::lines(&case, &about.spoken, &office.rules),
        spoken: about.spoken,
        answers: about.answers,
        postings: PostingView::all(tx.postings_of(id).await?, &people),
        papers: case_documents::papers(&case, &happened, (&people, zone), &office.rules),
        timeline: Timeline::of(&case, timeline::told(&happened, &names, zone), wanted),
        answered: asking::answered(&case, &happened, &people, zone),
        undo: case_undo::offer(&case, &happened, &people, &office.moment()),
        alike: Alike::of(&mut tx, (office, &history), &case).await?,
        history,
        versions,
        siblings: siblings.map(Sibling::of).collect(),
        case,
        people,
    })
}

/// What remittances say is to be posted, for who may post it now.
async fn remitted(
    tx: &mut store::Tx,
    office: &Office,
    case: &Denial,
) -> Result<Vec<Remitted>, Trouble> {
    match case.admit(Act::Post, &office.moment(), &office.rules) {
        Ok(()) => Ok(posting::remitted_of(tx, office, case).await?),
        Err(_) => Ok(Vec::new()),
    }
}

/// The acts as forms, keys that open none, and what of the typed has no place in them.
fn forms(
    loaded: &Loaded,
    (moment, rules): (&Moment, &Rules),
    typed: Option<(&str, &Fields)>,
) -> (Vec<ActForm>, Vec<ShutKey>, String) {
    let case = &loaded.case;
    let gives_up = loaded.ways.as_ref().is_some_and(|ways| ways.gives_up);
    let plans: Vec<_> = case.plans().collect();
    let desk = Desk {
        case,
        moment,
        people: &loaded.people,
        plans: &plans,
        advice: if gives_up { Advice::WriteOff } else { Advice::Rework },
        preventable: case.leading(rules).and_then(|ruling| ruling.preventable),
        usual: &loaded.usual,
        remitted: &loaded.remitted,
        resent: loaded.awaited.as_ref().map(|one| &one.resent),
        rules,
        typed,
    };
    let forms = desk.forms();
    let waits = loaded.ways.as_ref().is_some_and(WaysView::is_payers);
    let shut = case_keys::shut(&desk, &forms, (loaded.correction.is_some(), waits));
    (forms, shut, desk.lost())
}

fn shown(
    visitor: &Visitor,
    loaded: Loaded,
    typed: Option<(&str, &Fields)>,
    refused: Option<String>,
) -> CasePage {
    let office = &visitor.office;
    let moment = office.moment();
    let Loaded { case, people, .. } = &loaded;
    let (zone, rules) = (office.clinic.zone.as_str(), &office.rules);
    let moment = &moment;
    let around = Around { people, zone, moment, typed };
    let (forms, shut, lost) = forms(&loaded, (moment, rules), typed);
    let refused = refused.map(|text| text + &lost);
    let resent = loaded.awaited.as_ref().map(|one| &one.resent);
    let audits = allows(office.who.role, Access::Audit);
    let seen = audits.then(|| format!("/journal?book=views&about={}&whole=yes", case.id));
    let claims = allows(office.who.role, Access::Claims);
    let claim = claims.then(|| format!("/claims/{}", case.claim));
    let chain = Chain::of(&loaded.versions, &loaded.spoken);
    let mut view = CaseView::of(case, people, (rules, &loaded.history), (moment, zone));
    if let Some(ways) = &loaded.ways {
        let by = (&**rules, &loaded.history);
        ways.lead(&mut view, (case, resent), (by, moment.today));
    }
    CasePage {
        page: Page::of(visitor, format!("Case {}", case.number), "/queue"),
        case: view,
        checklist: Checklist::of(case, &office.rules, &around),
        appeals: Appeals::of(case, (&loaded.drafts, &loaded.queued), moment.today),
        sent: timeline::sent(case),
        payer: PayerView::of(case, &office.rules),
        payer_page: payer::address(office, case),
        writes_letters: case_keys::writes(case, moment),
        keeps_rules: allows(office.who.role, Access::Rules),
        plans_ways: case.admit(Act::Plan, moment, rules).is_ok(),
        attaches: case.admit(Act::AttachDocument, moment, rules).is_ok(),
        resent: loaded.awaited.as_ref().map(|one| ResentView::of(one, case, visitor)),
        waits: loaded.ways.as_ref().is_some_and(WaysView::is_payers),
        answered: loaded.answered,
        standing: loaded.standing,
        letters: loaded.letters,
        card: loaded.card,
        ways: loaded.ways,
        correction: loaded.correction,
        patient: loaded.patient,
        services: loaded.services,
        lines: loaded.lines,
        codes: loaded.codes,
        spoken: loaded.spoken,
        answers: loaded.answers,
        postings: loaded.postings,
        papers: loaded.papers,
        proofs: loaded.proofs,
        timeline: loaded.timeline,
        chain,
        alike: loaded.alike,
        undo: loaded.undo,
        opened: loaded.opened,
        protection: loaded.protection,
        holds: loaded.holds,
        seen,
        siblings: loaded.siblings,
        remittances: allows(office.who.role, Access::Remittances),
        questions: allows(office.who.role, Access::Questions),
        claim,
        approves: forms.iter().any(|form| form.act == Act::Approve.as_str()),
        forms,
        shut,
        refused,
        meanwhile: Vec::new(),
        whole: (Fact::ALL.len() - loaded.missing.len(), Fact::ALL.len()),
        missing: loaded.missing.into_iter().map(case_lacks::lacks).collect(),
    }
}

/// `POST /cases/{id}/acts`.
pub(crate) async fn act(
    visitor: Visitor,
    Path(id): Path<String>,
    Posted(mut fields): Posted,
) -> Result<Response, Trouble> {
    let name = fields.remove("act").unwrap_or_default();
    let version = version(&mut fields)?;
    done_or_told(&visitor, &id, &name, version, &fields).await
}

/// The version that a form was opened with.
///
/// # Errors
/// [`Trouble::Unfit`] where it has lost it.
pub(crate) fn version(fields: &mut Fields) -> Result<u32, Trouble> {
    let version = fields.remove("version").and_then(|text| text.parse().ok());
    version.ok_or_else(|| {
        Trouble::Unfit("The form has lost what it was opened with. Open the case again.".to_owned())
    })
}

/// Does an act and goes back to the case, or shows the case with the reason and what was typed.
pub(crate) async fn done_or_told(
    visitor: &Visitor,
    id: &str,
    name: &str,
    version: u32,
    fields: &Fields,
) -> Result<Response, Trouble> {
    done_with(visitor, (id, version), (name, fields), None).await
}

/// The same with a document that came along.
pub(crate) async fn done_with(
    visitor: &Visitor,
    (id, version): (&str, u32),
    (name, fields): (&str, &Fields),
    document: Option<Received>,
) -> Result<Response, Trouble> {
    let office = &visitor.office;
    let outcome = match fields::action(name, fields, act::draw) {
        Ok(action) => {
            let read = (id, Some(version));
            act::act_with(office, &office.who, read, &action, document).await
        }
        Err(text) => {
            return told(visitor, id, (name, fields), Told422(words::sentence(&text))).await;
        }
    };
    match outcome {
        // Who has answered or given it away may see it no more.
        Ok(after) if !office.sees(&after) => {
            Ok(Redirect::to(&format!("/?done={name}")).into_response())
        }
        Ok(_) => {
            let part = if name == "tick" { "#checklist" } else { "" };
            Ok(Redirect::to(&format!("/cases/{id}?done={name}{part}")).into_response())
        }
        Err(Failed::Missing) => Err(Trouble::Nowhere),
        Err(Failed::Store(error)) => Err(error.into()),
        Err(Failed::Folder(fault)) => Err(fault.into()),
        Err(Failed::Refused(why)) => {
            let text = refusal(visitor, &why).await?;
            told(visitor, id, (name, fields), Told422(text)).await
        }
        Err(Failed::Stale { by, at }) => {
            let people = people(office).await?;
            let text = format!(
                "{} saved this case on {}, after you had opened it. Nothing of yours is lost: it \
                 stands below. See what changed, then send it again.",
                timeline::name(&people, &by),
                words::instant(&at, &office.clinic.zone)
            );
            let loaded = load(office, id, &Wanted::default()).await?;
            let told = loaded.timeline.entries.iter().rev();
            let meanwhile = told.filter(|one| one.version > version).cloned().collect();
            let page = shown(visitor, loaded, Some((name, fields)), Some(text));
            html_with(StatusCode::CONFLICT, &CasePage { meanwhile, ..page })
        }
    }
}

/// The case with the reason why something was not done to it, where nothing had been typed.
pub(crate) async fn refused(
    visitor: &Visitor,
    id: &str,
    why: &Refused,
) -> Result<Response, Trouble> {
    let text = refusal(visitor, why).await?;
    told(visitor, id, ("", &Fields::new()), Told422(text)).await
}

/// A refusal's words.
struct Told422(String);

async fn told(
    visitor: &Visitor,
    id: &str,
    typed: (&str, &Fields),
    Told422(text): Told422,
) -> Result<Response, Trouble> {
    let loaded = load(&visitor.office, id, &Wanted::default()).await?;
    let page = shown(visitor, loaded, Some(typed), Some(text));
    html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
}

async fn people(office: &Office) -> Result<People, Trouble> {
    Ok(timeline::people(&mut office.read().await?).await?)
}

/// Why an act was refused, with people by their names.
async fn refusal(visitor: &Visitor, why: &Refused) -> Result<String, Trouble> {
    let text = if let Refused::TakenBy(by) = why {
        let people = people(&visitor.office).await?;
        why.to_string().replace(by.as_str(), &timeline::name(&people, by.as_str()))
    } else {
        why.to_string()
    };
    Ok(words::sentence(&text))
}
