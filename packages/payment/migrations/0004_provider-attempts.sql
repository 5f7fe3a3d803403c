ALTER TABLE "payments" ADD COLUMN "asking_since" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "attempts" integer;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "next_attempt_at" timestamp(3) with time zone;--> statement-breakpoint
ALTER TABLE "payments" ADD COLUMN "last_error" text;--> statement-breakpoint
-- because: it holds only the payments that wait for the provider, and reading the table once takes a moment.
CREATE INDEX "payments_asking" ON "payments" USING btree ("next_attempt_at") WHERE status in ('PENDING', 'VOID_PENDING', 'REFUND_PENDING');
