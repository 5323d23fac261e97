import { CreateDirectory1763856000000 } from './1763856000000-create-directory';
import { IndexDirectory1763942400000 } from './1763942400000-index-directory';
import { KeepRemarks1764028800000 } from './1764028800000-keep-remarks';
import { HoldSnapshots1764115200000 } from './1764115200000-hold-snapshots';
import { FoldNames1764201600000 } from './1764201600000-fold-names';
import { EndSessions1764288000000 } from './1764288000000-end-sessions';
import { StagePages1764374400000 } from './1764374400000-stage-pages';
import { KeepAnswers1764460800000 } from './1764460800000-keep-answers';
import { TotalPages1764547200000 } from './1764547200000-total-pages';
import { FollowRejected1764633600000 } from './1764633600000-follow-rejected';
import { ListChanges1764720000000 } from './1764720000000-list-changes';
import { WidenSearch1764806400000 } from './1764806400000-widen-search';
import { TimeRuns1764979200000 } from './1764979200000-time-runs';
import { FindRuns1765065600000 } from './1765065600000-find-runs';
import { NameWorkers1765065600001 } from './1765065600001-name-workers';
import { PruneHistory1765152000000 } from './1765152000000-prune-history';
import { ErasePeople1765152000001 } from './1765152000001-erase-people';
import { ExplainErasures1765324800000 } from './1765324800000-explain-erasures';
import { SendWebhooks1765411200000 } from './1765411200000-send-webhooks';
import { TraceRuns1765497600000 } from './1765497600000-trace-runs';
import { CountProviders1765584000000 } from './1765584000000-count-providers';
import { RegisterReceivers1765670400500 } from './1765670400500-register-receivers';
import { StageDepartures1765756800000 } from './1765756800000-stage-departures';

/** Every migration, the oldest first. A released migration is never edited: add another. */
export const MIGRATIONS = [
  CreateDirectory1763856000000,
  IndexDirectory1763942400000,
  KeepRemarks1764028800000,
  HoldSnapshots1764115200000,
  FoldNames1764201600000,
  EndSessions1764288000000,
  StagePages1764374400000,
  KeepAnswers1764460800000,
  TotalPages1764547200000,
  FollowRejected1764633600000,
  ListChanges1764720000000,
  WidenSearch1764806400000,
  TimeRuns1764979200000,
  FindRuns1765065600000,
  NameWorkers1765065600001,
  PruneHistory1765152000000,
  ErasePeople1765152000001,
  ExplainErasures1765324800000,
  SendWebhooks1765411200000,
  TraceRuns1765497600000,
  CountProviders1765584000000,
  RegisterReceivers1765670400500,
  StageDepartures1765756800000,
];
