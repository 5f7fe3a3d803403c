package main

import (
	"context"
	"log/slog"
	"os"
	"strings"

	"github.com/ThreeDotsLabs/watermill"
	"github.com/ThreeDotsLabs/watermill-nats/v2/pkg/nats"
	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
	natsgo "github.com/nats-io/nats.go"
)

// Messages that a service handles at once, each in a transaction of its own: commits that come together share a flush.
const concurrency = 16

type event struct {
	OrderID string `json:"orderId"`
	Qty     int64  `json:"qty"`
	Price   int64  `json:"price"`
}

var logger = watermill.NewSlogLogger(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))

// Waits for the broker's acknowledgement of each message, which it deduplicates by its id.
func newPublisher() (message.Publisher, error) {
	return nats.NewPublisher(nats.PublisherConfig{
		URL:       os.Getenv("NATS_URL"),
		JetStream: nats.JetStreamConfig{TrackMsgId: true},
	}, logger)
}

// Reads as a durable queue group; acknowledges without waiting for an answer.
func newSubscriber(service string) (message.Subscriber, error) {
	durable := func(prefix, topic string) string { return prefix + "_" + strings.ReplaceAll(topic, ".", "_") }
	return nats.NewSubscriber(nats.SubscriberConfig{
		URL:              os.Getenv("NATS_URL"),
		QueueGroupPrefix: service,
		SubscribersCount: concurrency,
		// A queue group is named after what it reads: a durable consumer has one subject.
		SubjectCalculator: func(prefix, topic string) *nats.SubjectDetail {
			return &nats.SubjectDetail{Primary: topic, QueueGroup: durable(prefix, topic)}
		},
		JetStream: nats.JetStreamConfig{
			DurablePrefix:     service,
			DurableCalculator: durable,
			AckAsync:          true,
			SubscribeOptions:  []natsgo.SubOpt{natsgo.DeliverAll(), natsgo.AckExplicit()},
		},
	}, logger)
}

func newRouter() (*message.Router, error) {
	router, err := message.NewRouter(message.RouterConfig{}, logger)
	if err != nil {
		return nil, err
	}
	router.AddMiddleware(middleware.Recoverer)
	return router, nil
}

// Returns when the router handles messages.
func start(ctx context.Context, router *message.Router) error {
	failed := make(chan error, 1)
	go func() { failed <- router.Run(ctx) }()
	select {
	case err := <-failed:
		return err
	case <-router.Running():
		return nil
	}
}
