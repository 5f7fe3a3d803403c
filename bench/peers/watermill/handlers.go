package main

import (
	"context"
	"encoding/json"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

type handler struct {
	service, consumes, publishes string
	table                        string
	// Does nothing for an order that it was run for before.
	change func(context.Context, pgx.Tx, event) (int64, error)
}

// Charges each order: the charge and the event are one transaction.
func runPayment(ctx context.Context) error {
	return runHandler(ctx, handler{
		service: "payment", consumes: "orders.placed", publishes: "payments.approved",
		table: "create table charges (order_id uuid primary key, amount bigint not null)",
		change: func(ctx context.Context, tx pgx.Tx, e event) (int64, error) {
			tag, err := tx.Exec(ctx, "insert into charges (order_id, amount) values ($1, $2) on conflict do nothing", e.OrderID, e.Qty*e.Price)
			return tag.RowsAffected(), err
		},
	})
}

// Starts the delivery of each charged order.
func runDelivery(ctx context.Context) error {
	return runHandler(ctx, handler{
		service: "delivery", consumes: "payments.approved", publishes: "deliveries.started",
		table: "create table deliveries (order_id uuid primary key, started_at timestamptz not null default now())",
		change: func(ctx context.Context, tx pgx.Tx, e event) (int64, error) {
			tag, err := tx.Exec(ctx, "insert into deliveries (order_id) values ($1) on conflict do nothing", e.OrderID)
			return tag.RowsAffected(), err
		},
	})
}

func runHandler(ctx context.Context, h handler) error {
	pool, err := openStore(ctx, h.table)
	if err != nil {
		return err
	}
	router, err := newRouter()
	if err != nil {
		return err
	}
	subscriber, err := newSubscriber(h.service)
	if err != nil {
		return err
	}
	router.AddConsumerHandler(h.service, h.consumes, subscriber, func(msg *message.Message) error {
		var e event
		if err := json.Unmarshal(msg.Payload, &e); err != nil {
			return err
		}
		return handle(msg.Context(), pool, h, e)
	})
	if err := addForwarder(router, pool); err != nil {
		return err
	}
	return start(ctx, router)
}

func handle(ctx context.Context, pool *pgxpool.Pool, h handler, e event) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		changed, err := h.change(ctx, tx, e)
		if err != nil || changed == 0 {
			return err
		}
		return addToOutbox(tx, h.publishes, e)
	})
}
