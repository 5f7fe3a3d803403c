package main

import (
	"context"
	"encoding/json"
	"os"
	"time"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-sql/v4/pkg/sql"
	"github.com/ThreeDotsLabs/watermill/components/forwarder"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const outboxTopic = "outbox"

// An outbox has one reader, so rows are deleted when they are forwarded: no offsets, and no row is read past.
var (
	schema  = sql.PostgreSQLQueueSchema{SubscribeBatchSize: 100}
	offsets = sql.PostgreSQLQueueOffsetsAdapter{DeleteOnAck: true}
)

func openStore(ctx context.Context, table string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(os.Getenv("DATABASE_URL"))
	if err != nil {
		return nil, err
	}
	config.MaxConns = concurrency + 4
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	_, err = pool.Exec(ctx, table)
	return pool, err
}

// Stores an event in the transaction of the change; the forwarder publishes it.
func addToOutbox(tx pgx.Tx, topic string, e event) error {
	publisher, err := sql.NewPublisher(sql.TxFromPgx(tx), sql.PublisherConfig{SchemaAdapter: schema}, logger)
	if err != nil {
		return err
	}
	payload, err := json.Marshal(e)
	if err != nil {
		return err
	}
	outbox := forwarder.NewPublisher(publisher, forwarder.PublisherConfig{ForwarderTopic: outboxTopic})
	return outbox.Publish(topic, message.NewMessage(watermill.NewUUID(), payload))
}

// Publishes the outbox to JetStream.
func addForwarder(router *message.Router, pool *pgxpool.Pool) error {
	subscriber, err := sql.NewSubscriber(sql.BeginnerFromPgx(pool), sql.SubscriberConfig{
		SchemaAdapter:    schema,
		OffsetsAdapter:   offsets,
		InitializeSchema: true,
		PollInterval:     10 * time.Millisecond,
	}, logger)
	if err != nil {
		return err
	}
	if err := subscriber.SubscribeInitialize(outboxTopic); err != nil {
		return err
	}
	publisher, err := newPublisher()
	if err != nil {
		return err
	}
	_, err = forwarder.NewForwarder(subscriber, publisher, logger, forwarder.Config{ForwarderTopic: outboxTopic, Router: router})
	return err
}
