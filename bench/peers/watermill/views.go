package main

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

type memoryViews struct {
	mutex sync.RWMutex
	ranks map[string]int
}

func newMemoryViews() *memoryViews { return &memoryViews{ranks: map[string]int{}} }

func (v *memoryViews) reach(_ context.Context, e event, rank int) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if reached, known := v.ranks[e.OrderID]; !known || rank > reached {
		v.ranks[e.OrderID] = rank
	}
	return nil
}

func (v *memoryViews) rankOf(_ context.Context, id string) (int, error) {
	v.mutex.RLock()
	defer v.mutex.RUnlock()
	if rank, known := v.ranks[id]; known {
		return rank, nil
	}
	return -1, nil
}

type storedViews struct{ orders *mongo.Collection }

func newStoredViews(ctx context.Context, url string) (*storedViews, error) {
	client, err := mongo.Connect(options.Client().ApplyURI(url))
	if err != nil {
		return nil, err
	}
	return &storedViews{client.Database("dashboard").Collection("orders")}, client.Ping(ctx, nil)
}

func (v *storedViews) reach(ctx context.Context, e event, rank int) error {
	change := bson.M{"$max": bson.M{"rank": rank}, "$set": bson.M{"qty": e.Qty, "price": e.Price}}
	_, err := v.orders.UpdateOne(ctx, bson.M{"_id": e.OrderID}, change, options.UpdateOne().SetUpsert(true))
	// Two first events at once: the other one has made the document.
	if mongo.IsDuplicateKeyError(err) {
		_, err = v.orders.UpdateOne(ctx, bson.M{"_id": e.OrderID}, change)
	}
	return err
}

func (v *storedViews) rankOf(ctx context.Context, id string) (int, error) {
	var view struct{ Rank int }
	err := v.orders.FindOne(ctx, bson.M{"_id": id}).Decode(&view)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return -1, nil
	}
	return view.Rank, err
}
