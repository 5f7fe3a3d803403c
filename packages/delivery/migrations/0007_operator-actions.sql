CREATE TABLE "dead_letter_imports" (
	"stream_created" timestamp(3) with time zone PRIMARY KEY NOT NULL,
	"sequence" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operator_actions" (
	"id" text PRIMARY KEY NOT NULL,
	"order_id" text,
	"content" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "operator_jobs" (
	"id" text PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"content" text NOT NULL,
	"leased_until" timestamp(3) with time zone,
	"holder" text
);
--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "event" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "event_id" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "order_id" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "reason" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "error_key" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "summary" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "outcome" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "settled_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "settled_by" text;--> statement-breakpoint
ALTER TABLE "dead_letters" ADD COLUMN "settled_why" text;--> statement-breakpoint
CREATE INDEX "operator_actions_order" ON "operator_actions" USING btree ("order_id","id");--> statement-breakpoint
CREATE UNIQUE INDEX "operator_jobs_running" ON "operator_jobs" USING btree ("state") WHERE state = 'running';--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_open" ON "dead_letters" USING btree ("saved_at","id") WHERE outcome is null;--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_open_event" ON "dead_letters" USING btree ("event","saved_at","id") WHERE outcome is null;--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_open_reason" ON "dead_letters" USING btree ("reason","saved_at","id") WHERE outcome is null;--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_open_group" ON "dead_letters" USING btree ("event","reason","error_key","saved_at","id") WHERE outcome is null;--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_settled" ON "dead_letters" USING btree ("outcome","saved_at","id") WHERE outcome is not null;--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_order" ON "dead_letters" USING btree ("order_id","saved_at","id");--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_sequence" ON "dead_letters" USING btree ("stream_sequence");--> statement-breakpoint
-- because: it has one row for each message that could not be handled, and those are few
CREATE INDEX "dead_letters_undescribed" ON "dead_letters" USING btree ("id") WHERE reason is null;