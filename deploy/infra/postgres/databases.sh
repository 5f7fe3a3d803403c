#!/bin/sh
# Runs once, when the volume is empty: a database for each service that only its own role can connect to.
set -eu
database() {
  psql --username postgres --set ON_ERROR_STOP=1 --set name="$1" --set password="$2" <<'SQL'
create role :"name" login password :'password';
create database :"name" owner :"name";
revoke all on database :"name" from public;
SQL
}
database orders "$ORDERS_PASSWORD"
database payments "$PAYMENTS_PASSWORD"
database deliveries "$DELIVERIES_PASSWORD"
psql --username postgres --command 'revoke connect on database postgres, template1 from public'
