CREATE TABLE "inbox" (
	"id" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "orders" (
	"id" uuid PRIMARY KEY NOT NULL,
	"branch_id" text NOT NULL,
	"sauce_id" text NOT NULL,
	"qty" integer NOT NULL,
	"price" bigint NOT NULL,
	"amount" bigint NOT NULL,
	"facts" text[] NOT NULL,
	"status" text NOT NULL,
	"placed_at" timestamp(3) with time zone NOT NULL
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
CREATE INDEX "orders_status" ON "orders" USING btree ("status","id");--> statement-breakpoint
CREATE INDEX "orders_branch" ON "orders" USING btree ("branch_id","id");--> statement-breakpoint
CREATE INDEX "outbox_unpublished" ON "outbox" USING btree ("leased_until") WHERE published_at is null;