CREATE TABLE "inbox" (
	"id" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "outbox" (
	"id" uuid PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"subject" text NOT NULL,
	"data" jsonb NOT NULL,
	"time" timestamp(3) with time zone NOT NULL,
	"causation_id" text NOT NULL,
	"traceparent" text NOT NULL,
	"leased_until" timestamp(3) with time zone NOT NULL,
	"published_at" timestamp(3) with time zone,
	"stream" text,
	"stream_sequence" bigint,
	"stream_created" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE TABLE "payments" (
	"order_id" uuid PRIMARY KEY NOT NULL,
	"status" text NOT NULL,
	"branch_id" text,
	"sauce_id" text,
	"qty" integer,
	"amount" bigint,
	"reason" text
);
--> statement-breakpoint
CREATE TABLE "simulated_charges" (
	"idempotency_key" text PRIMARY KEY NOT NULL,
	"amount" bigint NOT NULL,
	"declined" text,
	"refunds" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "outbox" USING btree ("leased_until") WHERE published_at is null;--> statement-breakpoint
CREATE INDEX "payments_status" ON "payments" USING btree ("status","order_id");--> statement-breakpoint
CREATE INDEX "payments_branch" ON "payments" USING btree ("branch_id","order_id");