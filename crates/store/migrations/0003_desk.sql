-- The desk: what cases are found and put together by, views that people keep, and what was done
-- with many cases at once.

-- A sweep fills these in on rows that are older.
alter table denial add column code text not null default '';      -- leading adjustment: CO-16
alter table denial add column remark text not null default '';    -- leading remark
alter table denial add column service text not null default '';   -- procedure and modifiers
alter table denial add column provider text not null default '';  -- NPI of who rendered or billed

-- Where within its status it stands, in the practice's own word.
alter table denial add column sub_status text not null default '';

-- A queue as somebody wants to see it again.
create table saved_view (
  practice text not null references practice (practice),
  view text not null,
  person text not null,                 -- empty where the whole team has it
  name text not null,
  query text not null,                  -- filters and order as the address carries them
  saved_at text not null,
  saved_by text not null,
  primary key (practice, view)
);
create unique index saved_view_name on saved_view (practice, person, name);

-- One act on many cases, to be taken back as one.
create table batch (
  practice text not null references practice (practice),
  batch text not null,
  act text not null,
  person text not null,
  done_at text not null,
  undone_at text,
  primary key (practice, batch)
);
create index batch_person on batch (practice, person, done_at);
create table batch_case (
  practice text not null,
  batch text not null,
  denial text not null,
  version bigint not null,              -- the version that the act led to
  primary key (practice, batch, denial),
  foreign key (practice, batch) references batch (practice, batch),
  foreign key (practice, denial) references denial (practice, denial)
);

-- What cases are looked for by: names, numbers, words of notes. The same on both databases
-- (house §18.16).
create table word (
  practice text not null references practice (practice),
  word text not null,                   -- lower-case letters and digits
  about text not null,                  -- a case
  kind text not null check (kind in ('name', 'member', 'number', 'note')),
  primary key (practice, word, about, kind)
);
create index word_about on word (practice, about, kind);

-- Signing in; all of this stands above practices.

-- Since when a password is one that somebody else set: it must be changed before anything opens.
alter table person add column provisional_since text;
alter table session add column came_from text not null default '';  -- address, as far as known
alter table session add column browser text not null default '';

-- Failures to sign in, counted by whom and by where from; a success or a day forgets them.
create table attempt (
  subject text not null primary key,
  failed bigint not null,
  last_at text not null
);
create index attempt_last on attempt (last_at);

-- Second factors. The secret is sealed with a key that is not in the database.
create table factor (
  person text not null primary key references person (person),
  sealed text not null,
  made_at text not null,
  confirmed_at text,                    -- when its first code came; before that it opens nothing
  last_step bigint not null             -- the last code's step of 30 seconds: each code is good once
);
create table recovery_code (
  person text not null references person (person),
  code text not null,                   -- sha-256
  used_at text,
  primary key (person, code)
);
-- Who gave the right password and owes a code.
create table half_way (
  token text not null primary key,      -- sha-256 of the cookie's value
  person text not null references person (person),
  came_at text not null,
  next text not null,                   -- where they want to go
  how text not null                     -- how they came so far
);
-- Who must have one.
alter table practice add column second_factor text not null default 'nobody'
  check (second_factor in ('nobody', 'leads', 'everybody'));
-- A practice's own rule files. The newest version of a path is laid over the file that the program
-- brings; an empty text gives the file up. Versions are counted in the practice, from 1.
create table rule_version (
  practice text not null references practice (practice),
  version bigint not null,
  path text not null,                   -- as below data/
  text text not null,
  why text not null,
  saved_at text not null,
  saved_by text not null,
  primary key (practice, version)
);
create index rule_version_path on rule_version (practice, path, version);
-- The newest of them, where each request looks it up: practices stand before the wall between them.
alter table practice add column rules bigint not null default 0;

-- Cases of one payer with one leading code: what usually works.
create index denial_alike on denial (practice, payer, code, denied_on desc, denial desc);

-- Answers of colleagues, until who asked has seen them. What was said stands in the journal.
create table answer (
  practice text not null references practice (practice),
  denial text not null,
  number bigint not null,
  asker text not null,
  answered_at text not null,
  primary key (practice, denial, number),
  foreign key (practice, denial) references denial (practice, denial)
);
create index answer_asker on answer (practice, asker, answered_at, denial, number);

-- Passkeys (WebAuthn). A person has as many as they like; each belongs to one host name.
create table passkey (
  credential text not null primary key, -- its id, hexadecimal
  person text not null references person (person),
  name text not null,                   -- what its person calls it
  host text not null,                   -- the relying party's id
  public_key text not null,             -- the COSE key, hexadecimal
  counter bigint not null,              -- of signatures, as it last said
  synced bigint not null,               -- 1 where it may be on several devices
  made_at text not null,
  used_at text
);
create index passkey_person on passkey (person);
-- A challenge that waits for its answer; it is taken out before the answer is looked at.
create table ceremony (
  token text not null primary key,      -- sha-256 of the cookie's value
  challenge text not null,              -- hexadecimal
  purpose text not null check (purpose in ('add', 'sign_in', 'second')),
  person text references person (person), -- none at the door
  name text not null,                   -- of the passkey to be made
  came_from text not null,              -- an address, or empty
  came_at text not null
);
create index ceremony_at on ceremony (came_at, token);
create index ceremony_from on ceremony (came_from, came_at, token);

-- Failures in a row before somebody came in, until they have been told.
create table streak (
  person text not null primary key references person (person),
  failed bigint not null,
  last_at text not null
);
-- How a session was begun; empty where an older program began it.
alter table session add column how text not null default '';
-- The house that signs people in for this one (OpenID Connect); at most one, and none as long as
-- nobody names one.
create table issuer (
  place bigint not null primary key check (place = 1),
  issuer text not null,                 -- its address, as its tokens say it
  label text not null,                  -- what people call it
  client text not null,
  sealed text not null,                 -- the client's secret
  named_by text not null,               -- which claim names a person to people
  strong text not null,                 -- the acr or amr that counts as a second factor; empty: none
  set_at text not null
);
-- Whom it means by its subjects.
create table tie (
  issuer text not null,
  subject text not null,
  person text not null references person (person),
  named text not null,                  -- as the issuer named them, or empty
  tied_at text not null,
  used_at text,
  primary key (issuer, subject)
);
create unique index tie_person on tie (issuer, person);
-- A browser that was sent there and is to come back; it is taken out when it does.
create table errand (
  token text not null primary key,      -- sha-256 of the cookie's value
  state text not null,                  -- sha-256
  nonce text not null,
  verifier text not null,
  next text not null,
  went_from text not null,              -- an address, or empty
  went_at text not null
);
create index errand_at on errand (went_at, token);
create index errand_from on errand (went_from, went_at, token);
-- Somebody who came back as a subject that is tied to nobody.
create table newcomer (
  token text not null primary key,      -- sha-256 of the cookie's value
  issuer text not null,
  subject text not null,
  named text not null,
  came_at text not null
);

-- Before whom names and member ids are masked.
alter table practice add column masks text not null default 'by_need'
  check (masks in ('nobody', 'by_need', 'lists'));
-- Names that somebody had shown for a while, and cases opened in an emergency, each with its reason.
create table reveal (
  practice text not null references practice (practice),
  person text not null references person (person),
  about text not null,                  -- a claim for names, a case for an emergency
  kind text not null check (kind in ('names', 'emergency')),
  why text not null,
  began_at text not null,
  until_at text not null,
  looked_by text,                       -- who of those who lead has looked at an emergency
  looked_at text,
  primary key (practice, person, about, kind, began_at)
);
create index reveal_kind on reveal (practice, kind, looked_at, began_at);

-- What lists and counts ask of a case beside its work. Rows that are older are filled in below, by
-- each database in its own words.
alter table denial add column opened_on text not null default '';
alter table denial add column promised_by text;   -- the day by which the payer promised an answer
alter table denial add column waits_on text not null default ''    -- whose step it is; empty where
  check (waits_on in ('', 'approval', 'colleague', 'payer', 'us'));  -- it is closed

-- What somebody was told in the morning, as it was then: one a day (features 9.03). It names no
-- patient.
create table digest (
  practice text not null references practice (practice),
  day text not null,                    -- the civil day where the practice is
  person text not null,                 -- empty for that of the team
  made_at text not null,
  body text not null,
  primary key (practice, day, person)
);

-- Code lists that a practice takes in from its own files, version by version of each kind. A list is
-- read and looked at before it holds.
create table code_list (
  practice text not null references practice (practice),
  kind text not null check (kind in ('icd10', 'hcpcs', 'ptp', 'mue')),
  version bigint not null,
  from_day text not null,               -- the first day of service for which it holds
  name text not null,                   -- the files, as they were called
  state text not null check (state in ('reading', 'failed', 'looked', 'held', 'back')),
  entries bigint not null,
  digest text not null,                 -- of its parts and their digests
  report text not null,                 -- what it changes, as JSON
  made_at text not null,
  made_by text not null,
  decided_at text,                      -- when it last came to hold or was taken back
  decided_by text,
  primary key (practice, kind, version)
);
-- Entries that are kept together, once for all versions that have them alike.
create table code_block (
  practice text not null references practice (practice),
  digest text not null,                 -- sha-256 of the part's name and the body
  body text not null,
  primary key (practice, digest)
);
create table code_part (
  practice text not null,
  kind text not null,
  version bigint not null,
  part text not null,
  digest text not null,
  primary key (practice, kind, version, part),
  foreign key (practice, kind, version) references code_list (practice, kind, version),
  foreign key (practice, digest) references code_block (practice, digest)
);
create index code_part_digest on code_part (practice, digest);

-- Claims that are specially protected records. What a person says of one holds over the rules.
create table protection (
  practice text not null references practice (practice),
  claim text not null,
  by_rule text not null,                -- kinds, commas between them; empty where it is none
  by_hand text,                         -- the same as a person says; null where nobody has
  primary key (practice, claim),
  foreign key (practice, claim) references claim (practice, claim)
);

-- Legal holds: what may not be taken out, whatever its age, until somebody lifts them.
create table hold (
  practice text not null references practice (practice),
  hold text not null,
  scope text not null check (scope in ('case', 'patient', 'practice')),
  about text not null,                  -- the case that it was placed on, one of the patient's too
  why text not null,
  placed_at text not null,
  placed_by text not null,
  lifted_at text,
  lifted_by text,
  primary key (practice, hold)
);

-- Files and documents whose bytes were taken out once they were past their time. Their rows stay.
create table purged (
  practice text not null references practice (practice),
  hash text not null,
  purged_at text not null,
  primary key (practice, hash)
);

-- What a file brought, for what is past its time.
create index remittance_file on remittance (practice, file);
create index rejection_file on rejection (practice, file);

-- The team that shares a case, whoever of it has it.
alter table denial add column team text not null default '';
-- What leaves the house, each once (features 6.05, 18.01).
create table outgoing (
  practice text not null references practice (practice),
  outgoing text not null,
  kind text not null check (kind in ('claims', 'packet', 'status_inquiry', 'other')),
  document text not null,               -- sha-256 of the very bytes, in the documents folder
  bytes bigint not null,
  name text not null,                   -- under which it leaves; never used again
  route text not null,
  control bigint not null,              -- of its interchange and group
  batch text not null,                  -- BHT03, which a 277CA answers; empty where it has none
  made_at text not null,
  made_by text not null,
  made_role text not null,
  leaves_at text not null,              -- when it leaves, or tries again
  state text not null check (state in
    ('waiting', 'called_back', 'leaving', 'sent', 'failed', 'answered')),
  tries bigint not null,
  why text not null,                    -- of its last failure
  uploaded_at text,                     -- whole there under its temporary name, not renamed before
  left_at text,
  settled_at text,                      -- its cases moved, and it was taken in as a file of ours
  receipt text not null,                -- what a TA1 or 999 said of the whole; empty before
  receipt_at text,
  primary key (practice, outgoing)
);
create unique index outgoing_name on outgoing (practice, route, name);
create unique index outgoing_control on outgoing (practice, control);
create index outgoing_due on outgoing (practice, leaves_at, outgoing) where settled_at is null;
create index outgoing_document on outgoing (practice, document);
create index outgoing_made on outgoing (practice, made_at, outgoing);
create index outgoing_batch on outgoing (practice, batch);
-- The cases and claims that it carries, each with the act that follows once it left.
create table outgoing_item (
  practice text not null,
  outgoing text not null,
  n bigint not null,
  denial text,                          -- none where a claim goes to the payer that comes next
  claim text not null,
  number text not null,                 -- of the claim, as it is sent
  content text not null,                -- what makes it the same correction
  again bigint not null,                -- 0, and one more for each time it is sent again on purpose
  force text not null,                  -- why again; empty where it is the first
  -- `with` for a further case of the same claim, `no` once it was called back
  live text not null check (live in ('yes', 'with', 'no')),
  act text not null,                    -- as JSON
  acted text not null check (acted in ('not_yet', 'done', 'refused')),
  note text not null,                   -- why it was refused
  outcome text not null,                -- of its own answer, or of one that refuses everything
  outcome_on text,
  primary key (practice, outgoing, n),
  foreign key (practice, outgoing) references outgoing (practice, outgoing),
  foreign key (practice, denial) references denial (practice, denial)
);
-- The same content of the same claim is never queued twice.
create unique index outgoing_once on outgoing_item (practice, content, claim, again)
  where live = 'yes';
create index outgoing_item_claim on outgoing_item (practice, claim, outgoing);
create index outgoing_item_denial on outgoing_item (practice, denial, outgoing);
-- Which answers were heard of it: each once.
create table outgoing_answer (
  practice text not null,
  outgoing text not null,
  file text not null,
  n bigint not null,
  kind text not null,                   -- TA1, 999, 277CA
  outcome text not null,
  on_day text,
  heard_at text not null,
  primary key (practice, outgoing, file, n),
  foreign key (practice, outgoing) references outgoing (practice, outgoing)
);
-- The last control number that each route gave. No two routes of a practice give the same one, so
-- that an answer tells by it what it answers.
create table outgoing_number (
  practice text not null references practice (practice),
  route text not null,
  last bigint not null,
  primary key (practice, route)
);

-- Drafts of appeals and of other letters to payers; at most one that is open of a kind and level.
create table appeal_draft (
  practice text not null references practice (practice),
  draft text not null,
  denial text not null,
  kind text not null check (kind in ('appeal', 'reconsideration', 'reopening', 'records',
    'external_review', 'reminder', 'complaint')),
  level bigint not null,                -- 0 where it is no appeal
  state text not null check (state in ('draft', 'ready', 'signed', 'sent', 'void')),
  version bigint not null,
  changed_at text not null,
  changed_by text not null,
  body text not null,
  primary key (practice, draft),
  foreign key (practice, denial) references denial (practice, denial)
);
create unique index appeal_draft_open on appeal_draft (practice, denial, kind, level)
  where state in ('draft', 'ready', 'signed');
create index appeal_draft_denial on appeal_draft (practice, denial, changed_at);

-- What payers said before the visit (271, 278), found by the member's id or the authorisation's
-- number as they are compared; empty where there is none.
create table evidence (
  practice text not null references practice (practice),
  file text not null,
  n bigint not null,
  kind text not null check (kind in ('eligibility', 'authorization')),
  member text not null,
  number text not null,
  on_day text,
  -- Whom it is about by name and day of birth: another member id is found by it.
  person text not null default '',
  body text not null,
  primary key (practice, file, n)
);
create index evidence_person on evidence (practice, person) where person <> '';
create index evidence_member on evidence (practice, member) where member <> '';
create index evidence_number on evidence (practice, number) where number <> '';

-- Files that were fetched from other hosts: each once, as long as it does not change there.
create table fetched (
  practice text not null references practice (practice),
  route text not null,
  name text not null,
  bytes bigint not null,
  changed bigint not null,              -- there, in seconds
  hash text not null,
  state text not null check (state in ('coming', 'here')),
  at text not null,
  primary key (practice, route, name, bytes, changed)
);

-- Corrections of claims that are being written; at most one of a case, on a copy of one version.
create table correction (
  practice text not null references practice (practice),
  denial text not null,
  version bigint not null,              -- counts its saves, from 1
  file text not null,                   -- the version that it is a copy of
  n bigint not null,
  changed_at text not null,
  changed_by text not null,
  body text not null,                   -- as it was typed
  primary key (practice, denial),
  foreign key (practice, denial) references denial (practice, denial)
);

-- How ways ended, each answer of a payer once, and what they add up to for the odds of the next.
create table outcome (
  practice text not null references practice (practice),
  denial text not null,
  version bigint not null,              -- of the case, to which the answer led
  payer text not null,
  code text not null,                   -- the leading code of what was refused
  way text not null,
  ended text not null check (ended in ('won', 'part', 'lost')),
  on_day text not null,
  primary key (practice, denial, version),
  foreign key (practice, denial) references denial (practice, denial)
);
create table outcome_tally (
  practice text not null references practice (practice),
  payer text not null,
  code text not null,
  way text not null,
  decided bigint not null,
  won bigint not null,
  part bigint not null,
  primary key (practice, payer, code, way)
);
create index outcome_tally_code on outcome_tally (practice, code);

-- How long payers take to answer, learned from their first answers to claims.
create table answer_time (
  practice text not null references practice (practice),
  payer text not null,
  median bigint not null,               -- days
  p90 bigint not null,
  n bigint not null,
  primary key (practice, payer)
);
-- Claims without an answer, as a sweep found them.
create table unanswered (
  practice text not null references practice (practice),
  claim text not null,
  kind text not null check (kind in ('claim', 'crossover')),
  number text not null,
  payer text not null,
  payer_name text not null,
  sent_on text not null,                -- or passed on
  accepted_on text,
  charge bigint not null,
  due_on text,                          -- when the payer usually has answered; none: not configured
  usual text not null,                  -- where that is from
  limit_on text,                        -- the last day for filing; none: not configured
  primary key (practice, claim, kind),
  foreign key (practice, claim) references claim (practice, claim)
);
-- What somebody did about one of them last.
create table followed (
  practice text not null references practice (practice),
  claim text not null,
  at text not null,
  by_person text not null,
  note text not null,
  look_on text,                         -- when to look again
  primary key (practice, claim),
  foreign key (practice, claim) references claim (practice, claim)
);

-- When payers usually remit, as a sweep found it.
create table rhythm (
  practice text not null references practice (practice),
  payer text not null,
  payer_name text not null,
  last_on text not null,                -- their last day of payment
  due_on text,                          -- when the next one usually has come; none: not configured
  usual text not null,                  -- where that is from
  primary key (practice, payer)
);
-- Who reviewed a remittance.
create table batch_review (
  practice text not null references practice (practice),
  remittance text not null,
  at text not null,
  by_person text not null,
  primary key (practice, remittance),
  foreign key (practice, remittance) references remittance (practice, remittance)
);

-- What Home counts at each opening.
create index remittance_taken on remittance (practice, taken_at, remittance);
create index unanswered_due on unanswered (practice, due_on) where due_on is not null;
create index fetched_coming on fetched (practice, route) where state = 'coming';

-- What stands below the practice's name in its letters: address, telephone; lines.
alter table practice add column letterhead text not null default '';

-- One change on many claims: looked at part by part, then sent as a file for each payer.
create table correction_batch (
  practice text not null references practice (practice),
  batch text not null,
  state text not null check (state in ('preparing', 'stopped', 'ready', 'sending', 'sent',
    'dropped')),
  wish text not null,                   -- what is changed, as JSON
  made_at text not null,
  made_by text not null,
  made_role text not null,
  asked_at text,                        -- when a coder was asked, and who asked
  asked_by text,
  approved_at text,                     -- when a coder agreed to what changes in codes
  approved_by text,
  declined_at text,                     -- when a coder did not agree, and why
  declined_by text,
  declined_why text,
  sent_by text,                         -- who said that it shall leave
  sent_role text,
  why text not null,                    -- why it stopped by itself; empty where it did not
  primary key (practice, batch)
);
create index correction_batch_made on correction_batch (practice, made_at, batch);
create index correction_batch_runs on correction_batch (practice)
  where state in ('preparing', 'sending');
create table correction_item (
  practice text not null references practice (practice),
  batch text not null,
  n bigint not null,
  denial text not null,
  number text not null,
  payer text not null,
  payer_name text not null,
  outstanding bigint not null,
  own text not null,                    -- its own value, where each has one
  state text not null check (state in ('waiting', 'ready', 'aside', 'sent')),
  coded text not null check (coded in ('yes', 'no')),
  why text not null,                    -- why it is set aside
  body text not null,                   -- the copy, what changes on it, its faults, as JSON
  outgoing text,                        -- by what it left
  primary key (practice, batch, n),
  foreign key (practice, batch) references correction_batch (practice, batch),
  foreign key (practice, denial) references denial (practice, denial)
);
-- A case is found by it, for who approves what changes on its claim.
create index correction_item_denial on correction_item (practice, denial);
create index correction_item_state on correction_item (practice, batch, state, n);

-- What the payer of a case that was won told it pays, less its payments that are posted; none where
-- it told no amount, or has not given way.
alter table denial add column to_post bigint;

-- Questions where claims stand (276), each about one claim, and what payers said to them last (277).
create table status_question (
  practice text not null references practice (practice),
  question text not null,               -- our number of it (TRN02)
  claim text not null,
  number text not null,                 -- of the claim
  denial text,                          -- the case that waits for the payer, where one does
  payer text not null,
  payer_name text not null,
  why text not null,                    -- for people
  outgoing text not null,               -- by what it leaves
  asked_on text not null,
  asked_at text not null,
  asked_by text not null,
  code text not null,                   -- of the last answer, such as P1:3; empty before
  step text not null,                   -- what the rules make of it; empty where they have no rule
  told text not null,                   -- for people: what it means and what is done
  look_on text,                         -- by when
  answered_on text,
  primary key (practice, question),
  foreign key (practice, claim) references claim (practice, claim),
  foreign key (practice, outgoing) references outgoing (practice, outgoing)
);
create index status_question_claim on status_question (practice, claim, asked_at);
create index status_question_asked on status_question (practice, asked_at, question);
create index status_question_outgoing on status_question (practice, outgoing, question);
create index status_question_unruled on status_question (practice, code)
  where code <> '' and step = '';
-- Every answer to one of them, each once.
create table status_answer (
  practice text not null references practice (practice),
  question text not null,
  file text not null,
  n bigint not null,
  on_day text,
  code text not null,
  told text not null,
  heard_at text not null,
  primary key (practice, question, file, n),
  foreign key (practice, question) references status_question (practice, question)
);

-- Rules that act by themselves: what each did, or would have done, once on a case while it says the
-- same.
create table rule_firing (
  practice text not null references practice (practice),
  rule text not null,                   -- its name
  version text not null,                -- a mark of what it says
  denial text not null,
  mode text not null check (mode in ('shadow', 'on')),
  outcome text not null check (outcome in ('done', 'refused', 'shadow')),
  did text not null,                    -- for people
  why text not null,                    -- why it was refused
  outstanding bigint not null,
  case_version bigint not null,         -- when it fired
  evidence text not null default '',    -- by what it was proven: a refusal holds as long as it is the same
  at text not null,
  primary key (practice, rule, version, mode, denial),
  foreign key (practice, denial) references denial (practice, denial)
);
create index rule_firing_denial on rule_firing (practice, denial);
create index rule_firing_unproven on rule_firing (practice, denial) where evidence <> '';
create index rule_firing_at on rule_firing (practice, rule, version, at);
-- Rules that stopped themselves, until somebody starts them again.
create table rule_stop (
  practice text not null references practice (practice),
  rule text not null,
  version text not null,
  at text not null,
  why text not null,
  started_at text,
  started_by text,
  primary key (practice, rule, version, at)
);

-- Covers of a claim beside the payer that was billed first: as bills name them, or as somebody told.
create table cover (
  practice text not null references practice (practice),
  claim text not null,
  turn text not null check (turn in ('primary', 'secondary', 'tertiary')),
  source text not null check (source in ('billed', 'told')),
  at text not null,                     -- when it was told; empty where a bill names it
  by_person text not null,
  body text not null,                   -- payer, insured, days, as JSON
  primary key (practice, claim, turn, source),
  foreign key (practice, claim) references claim (practice, claim)
);
-- Claims before the payer that comes next, as they stand.
create table next_bill (
  practice text not null references practice (practice),
  claim text not null,
  number text not null,
  state text not null check (state in ('to_bill', 'denied', 'crossed', 'waiting')),
  payer_name text not null,             -- who comes next; empty where nobody named it
  from_name text not null,              -- the payer before it; empty where none is
  share bigint not null,                -- what is left for it
  since text,
  due_on text,                          -- when it usually has answered; none: not configured
  usual text not null,                  -- where that is from
  why text not null,
  primary key (practice, claim),
  foreign key (practice, claim) references claim (practice, claim)
);
create index next_bill_state on next_bill (practice, state, since, claim);

-- Project appeals: many cases of one payer under one letter, one spreadsheet, one reference.
create table project (
  practice text not null references practice (practice),
  project text not null,
  payer text not null,
  payer_name text not null,
  state text not null check (state in ('draft', 'sent', 'void')),
  version bigint not null,
  made_at text not null,
  made_by text not null,
  subject text not null,
  letter text not null,
  channel text not null,                -- how it went; empty before
  sent_on text,
  reference text not null,              -- the payer's; empty where none came
  packet text,                          -- sha-256 of the letter with its list, as set and as it went
  sheet text,                           -- sha-256 of the spreadsheet, as set and as it went
  without_why text not null default '', -- a supervisor's reason to go without documents
  late_why text not null default '',    -- the same where a last day is past
  primary key (practice, project)
);
create index project_made on project (practice, made_at, project);
create table project_case (
  practice text not null references practice (practice),
  project text not null,
  denial text not null,
  n bigint not null,
  stayed text not null,                 -- why it did not go along; empty where it did
  primary key (practice, project, denial),
  foreign key (practice, project) references project (practice, project),
  foreign key (practice, denial) references denial (practice, denial)
);
create index project_case_denial on project_case (practice, denial);

-- Peer-to-peer conversations of a case, each as it stands now; the journal has what it was before.
create table peer (
  practice text not null references practice (practice),
  denial text not null,
  n bigint not null,                    -- from 1
  body text not null,                   -- when asked, window, provider, reviewer, said, outcome
  at text not null,
  by_person text not null,
  primary key (practice, denial, n),
  foreign key (practice, denial) references denial (practice, denial)
);
-- Facts that people told of a case, for the ways beyond the payer's own appeals.
create table review_fact (
  practice text not null references practice (practice),
  denial text not null,
  fact text not null,
  body text not null,                   -- whether it holds, since when
  at text not null,
  by_person text not null,
  primary key (practice, denial, fact),
  foreign key (practice, denial) references denial (practice, denial)
);

-- Letters of payers that are no denials (features 1.14), each with a clock of its own.
create table payer_request (
  practice text not null references practice (practice),
  request text not null,
  kind text not null check (kind in
    ('records_request', 'audit', 'recoupment_notice', 'pre_claim_review')),
  state text not null check (state in ('open', 'answered', 'closed')),
  denial text,                          -- the case, where there is one
  claim text,                           -- the claim, where we know it
  payer text not null,
  role text not null,                   -- who answers it
  due_on text,                          -- the last day; none: not configured
  version bigint not null,
  changed_at text not null,
  changed_by text not null,
  body text not null,
  primary key (practice, request),
  foreign key (practice, denial) references denial (practice, denial),
  foreign key (practice, claim) references claim (practice, claim)
);
create index payer_request_open on payer_request (practice, due_on, request) where state = 'open';
create index payer_request_changed on payer_request (practice, state, changed_at, request);
create index payer_request_denial on payer_request (practice, denial) where denial is not null;
create index payer_request_claim on payer_request (practice, claim) where claim is not null;
create index payer_request_payer on payer_request (practice, payer) where claim is null;

-- How a practice reaches a payer, as its people know it, version by version of each payer, from 1.
create table payer_card (
  practice text not null references practice (practice),
  payer text not null,
  version bigint not null,
  body text not null,
  why text not null,
  saved_at text not null,
  saved_by text not null,
  primary key (practice, payer, version)
);
