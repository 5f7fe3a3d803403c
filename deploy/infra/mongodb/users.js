// Runs once, when the volume is empty: creates the user of the dashboard, which may use its own database only.
db.getSiblingDB('dashboard').createUser({
  user: 'dashboard',
  pwd: process.env.DASHBOARD_PASSWORD,
  roles: [{ role: 'readWrite', db: 'dashboard' }],
})
