CREATE TABLE "dead_letters" (
	"id" text PRIMARY KEY NOT NULL,
	"content" text NOT NULL,
	"saved_at" timestamp(3) with time zone DEFAULT now() NOT NULL,
	"stream_sequence" bigint,
	"stream_created" timestamp(3) with time zone
);
--> statement-breakpoint
CREATE INDEX "dead_letters_saved" ON "dead_letters" USING btree ("saved_at","id");