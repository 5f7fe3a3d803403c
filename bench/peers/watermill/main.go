// The saga with Watermill: an order is accepted over HTTP, charged, and its delivery is started. One service a process.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
)

var services = map[string]func(context.Context) error{
	"order":     runOrder,
	"payment":   runPayment,
	"delivery":  runDelivery,
	"dashboard": runDashboard,
}

func main() {
	// Ends with the process that has started it.
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	if err := services[os.Args[1]](context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println("ready")
	select {}
}
