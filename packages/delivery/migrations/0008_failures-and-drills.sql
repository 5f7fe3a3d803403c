CREATE TABLE "drills" (
	"id" text PRIMARY KEY NOT NULL,
	"request" text NOT NULL,
	"until" timestamp(3) with time zone NOT NULL,
	"runner" text,
	"leased_until" timestamp(3) with time zone,
	"placed" integer DEFAULT 0 NOT NULL,
	"refused" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "failing_messages" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"event" text NOT NULL,
	"event_id" text NOT NULL,
	"stream" text NOT NULL,
	"stream_sequence" bigint NOT NULL,
	"tries" integer NOT NULL,
	"error" text NOT NULL,
	"failed_at" timestamp(3) with time zone NOT NULL,
	"next_try_at" timestamp(3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "failing_messages_key" ON "failing_messages" USING btree ("key");--> statement-breakpoint
CREATE INDEX "failing_messages_next_try" ON "failing_messages" USING btree ("next_try_at");