package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"os"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

type order struct {
	ID       string `json:"id"`
	BranchID string `json:"branchId"`
	SauceID  string `json:"sauceId"`
	Qty      int64  `json:"qty"`
	Price    int64  `json:"price"`
	Status   string `json:"status"`
}

// Accepts orders: the order and its event are one transaction.
func runOrder(ctx context.Context) error {
	pool, err := openStore(ctx, `create table orders (
		id uuid primary key, branch_id text not null, sauce_id text not null, qty bigint not null, price bigint not null,
		placed_at timestamptz not null default now())`)
	if err != nil {
		return err
	}
	router, err := newRouter()
	if err != nil {
		return err
	}
	if err := addForwarder(router, pool); err != nil {
		return err
	}
	if err := start(ctx, router); err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /orders", func(w http.ResponseWriter, r *http.Request) {
		o := order{Status: "PLACED"}
		if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		o.ID = uuid.Must(uuid.NewV7()).String()
		err := pgx.BeginFunc(r.Context(), pool, func(tx pgx.Tx) error {
			_, err := tx.Exec(r.Context(), "insert into orders (id, branch_id, sauce_id, qty, price) values ($1, $2, $3, $4, $5)",
				o.ID, o.BranchID, o.SauceID, o.Qty, o.Price)
			if err != nil {
				return err
			}
			return addToOutbox(tx, "orders.placed", event{o.ID, o.Qty, o.Price})
		})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		answer(w, http.StatusCreated, o)
	})
	return serve(mux)
}

func serve(handler http.Handler) error {
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Getenv("PORT"))
	if err != nil {
		return err
	}
	go func() { _ = http.Serve(listener, handler) }()
	return nil
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("content-type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
