ALTER TABLE "inbox" ADD COLUMN "handled_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "inbox" ADD COLUMN "deliveries" integer;