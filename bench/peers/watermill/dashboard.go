package main

import (
	"context"
	"encoding/json"
	"net/http"
	"os"

	"github.com/ThreeDotsLabs/watermill/message"
)

// In the order in which an order goes through them: a late event does not take it back.
var statuses = []string{"PLACED", "PAID", "DELIVERING"}
var topics = []string{"orders.placed", "payments.approved", "deliveries.started"}

// Keeps what each order has reached. A rank of -1 is an unknown order.
type views interface {
	reach(ctx context.Context, e event, rank int) error
	rankOf(ctx context.Context, id string) (int, error)
}

func runDashboard(ctx context.Context) error {
	var kept views = newMemoryViews()
	if url := os.Getenv("MONGODB_URL"); url != "" {
		stored, err := newStoredViews(ctx, url)
		if err != nil {
			return err
		}
		kept = stored
	}
	router, err := newRouter()
	if err != nil {
		return err
	}
	subscriber, err := newSubscriber("dashboard")
	if err != nil {
		return err
	}
	for rank, topic := range topics {
		router.AddConsumerHandler("dashboard "+topic, topic, subscriber, func(msg *message.Message) error {
			var e event
			if err := json.Unmarshal(msg.Payload, &e); err != nil {
				return err
			}
			return kept.reach(msg.Context(), e, rank)
		})
	}
	if err := start(ctx, router); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /orderDashboards/{id}", func(w http.ResponseWriter, r *http.Request) {
		id := r.PathValue("id")
		rank, err := kept.rankOf(r.Context(), id)
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusInternalServerError)
		case rank < 0:
			answer(w, http.StatusNotFound, map[string]int{"status": http.StatusNotFound})
		default:
			answer(w, http.StatusOK, map[string]string{"id": id, "status": statuses[rank]})
		}
	})
	return serve(mux)
}
