-- Up Migration
-- What was taken back may follow its scan by half an hour: a few lines a day among thousands.
create index pos_events_by_taking_back on pos_events (tenant_id, store_id, terminal_id, occurred_at) where type in ('line_void', 'void');
