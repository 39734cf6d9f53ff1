import { RolesAndClock1764000000001 } from "./1_roles-and-clock.ts";
import { Accounts1764000000002 } from "./2_accounts.ts";
import { ThePathOfData1764000000003 } from "./3_the-path-of-data.ts";
import { ReadModel1764000000004 } from "./4_read-model.ts";
import { Qualification1764000000005 } from "./5_qualification.ts";
import { WidgetApi1764000000006 } from "./6_widget-api.ts";
import { Operations1764000000007 } from "./7_operations.ts";
import { BackTest1764000000008 } from "./8_back-test.ts";
import { WhatWorkWaitsFor1764000000009 } from "./9_what-work-waits-for.ts";
import { WhatWasHeard1764000000010 } from "./10_what-was-heard.ts";
import { Judging1764000000011 } from "./11_judging.ts";
import { WhatALeadShows1764000000012 } from "./12_what-a-lead-shows.ts";
import { QueueOrder1764000000013 } from "./13_queue-order.ts";
import { Backfill1764000000014 } from "./14_backfill.ts";
import { SettingsPages1764000000015 } from "./15_settings-pages.ts";
import { ErasedPeople1764000000021 } from "./21_erased-people.ts";
import { LostKeysAndProbes1764000000026 } from "./26_lost-keys-and-probes.ts";
import { Committee1764000000027 } from "./27_committee.ts";
import { WhatPeopleObjectTo1764000000030 } from "./30_what-people-object-to.ts";
import { WritesAboutPeople1764000000032 } from "./32_writes-about-people.ts";
import { WhatKommoShowsOfPeople1764000000033 } from "./33_what-kommo-shows-of-people.ts";
import { Gates1764000000034 } from "./34_gates.ts";
import { Intake1764000000036 } from "./36_intake.ts";
import { Reporting1764000000038 } from "./38_reporting.ts";
import { Bi1764000000039 } from "./39_bi.ts";
import { WhatKommoRefused1764000000040 } from "./40_what-kommo-refused.ts";
import { ToldTasks1764000000041 } from "./41_told-tasks.ts";
import { RefusedMoves1764000000042 } from "./42_refused-moves.ts";
import { WhereDealsStand1764000000043 } from "./43_where-deals-stand.ts";
import { UrgentWrites1764000000044 } from "./44_urgent-writes.ts";
import { Latches1764000000045 } from "./45_latches.ts";
import { BiLimits1764000000046 } from "./46_bi-limits.ts";
import { MovesSeen1764000000047 } from "./47_moves-seen.ts";
import { TrustedForms1764000000048 } from "./48_trusted-forms.ts";
import { NobodyResponsible1764000000049 } from "./49_nobody-responsible.ts";
import { CustomerIo1764000000050 } from "./50_customerio.ts";
import { WhatDealsWereTold1764000000051 } from "./51_what-deals-were-told.ts";
import { WhatMailsDo1764000000053 } from "./53_what-mails-do.ts";
import { ToldNotes1764000000055 } from "./55_told-notes.ts";
import { KommoBeforeMails1764000000056 } from "./56_kommo-before-mails.ts";
import { WhatMailsLeft1764000000057 } from "./57_what-mails-left.ts";
import { KeptWords1764000000058 } from "./58_kept-words.ts";
import { WhatHasLeft1764000000060 } from "./60_what-has-left.ts";
import { DueAndGivenUp1764000000063 } from "./63_due-and-given-up.ts";
import { Traces1764000000064 } from "./64_traces.ts";
import { OperatorFigures1764000000065 } from "./65_operator-figures.ts";
import { OperatorPages1764000000067 } from "./67_operator-pages.ts";
import { SeenFromTheCommandLine1764000000069 } from "./69_seen-from-the-command-line.ts";
import { Restorations1764000000070 } from "./70_restorations.ts";
import { DoorsSeeNoTemporaryTables1764000000071 } from "./71_doors-see-no-temporary-tables.ts";
import { OldWebhooks1764000000072 } from "./72_old-webhooks.ts";
import { TheAuditStays1764000000073 } from "./73_the-audit-stays.ts";
import { StagesReadOnce1764000000074 } from "./74_stages-read-once.ts";

/** In the order in which they are applied. */
export const migrations = [
  RolesAndClock1764000000001,
  Accounts1764000000002,
  ThePathOfData1764000000003,
  ReadModel1764000000004,
  Qualification1764000000005,
  WidgetApi1764000000006,
  Operations1764000000007,
  BackTest1764000000008,
  WhatWorkWaitsFor1764000000009,
  WhatWasHeard1764000000010,
  Judging1764000000011,
  WhatALeadShows1764000000012,
  QueueOrder1764000000013,
  Backfill1764000000014,
  SettingsPages1764000000015,
  ErasedPeople1764000000021,
  LostKeysAndProbes1764000000026,
  Committee1764000000027,
  WhatPeopleObjectTo1764000000030,
  WritesAboutPeople1764000000032,
  WhatKommoShowsOfPeople1764000000033,
  Gates1764000000034,
  Intake1764000000036,
  Reporting1764000000038,
  Bi1764000000039,
  WhatKommoRefused1764000000040,
  ToldTasks1764000000041,
  RefusedMoves1764000000042,
  WhereDealsStand1764000000043,
  UrgentWrites1764000000044,
  Latches1764000000045,
  BiLimits1764000000046,
  MovesSeen1764000000047,
  TrustedForms1764000000048,
  NobodyResponsible1764000000049,
  CustomerIo1764000000050,
  WhatDealsWereTold1764000000051,
  WhatMailsDo1764000000053,
  ToldNotes1764000000055,
  KommoBeforeMails1764000000056,
  WhatMailsLeft1764000000057,
  KeptWords1764000000058,
  WhatHasLeft1764000000060,
  DueAndGivenUp1764000000063,
  Traces1764000000064,
  OperatorFigures1764000000065,
  OperatorPages1764000000067,
  SeenFromTheCommandLine1764000000069,
  Restorations1764000000070,
  DoorsSeeNoTemporaryTables1764000000071,
  OldWebhooks1764000000072,
  TheAuditStays1764000000073,
  StagesReadOnce1764000000074,
];
