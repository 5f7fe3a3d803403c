// Runs once, when the volume is empty: the dashboard may use its own database and nothing else.
db.getSiblingDB('dashboard').createUser({
  user: 'dashboard',
  pwd: process.env.DASHBOARD_PASSWORD,
  roles: [{ role: 'readWrite', db: 'dashboard' }],
})
